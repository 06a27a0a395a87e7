/* proofwords.h -- the words of a flag that prove the key. See proof.h. */

#ifndef PROFILER_PROOFWORDS_H
#define PROFILER_PROOFWORDS_H

#include "base/str.h"

enum proof_word {
    PROOF_KEY,
    PROOF_EXP,
    PROOF_SIG,
    PROOF_NONE,
};

extern const struct str proof_words[PROOF_NONE]; /* "key=", "exp=", "sig=" */

/* Returns which of them the word starts with; *argument is then the rest of it. */
enum proof_word proofword_find(struct str word, struct str *argument);

static inline bool proofword_is(struct str word)
{
    struct str argument;
    return proofword_find(word, &argument) != PROOF_NONE;
}

#endif
