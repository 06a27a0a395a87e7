#include "proofwords.h"

const struct str proof_words[PROOF_NONE] = {
    [PROOF_KEY] = {"key=", 4},
    [PROOF_EXP] = {"exp=", 4},
    [PROOF_SIG] = {"sig=", 4},
};

/* Flags of strangers must cost little. Most words differ in their first byte. */
static bool starts_with(struct str word, struct str prefix)
{
    return word.len && *word.data == *prefix.data && str_starts(word, prefix);
}

enum proof_word proofword_find(struct str word, struct str *argument)
{
    enum proof_word found = PROOF_KEY;
    while (found < PROOF_NONE && !starts_with(word, proof_words[found]))
        found++;
    if (found < PROOF_NONE) {
        size_t len = proof_words[found].len;
        *argument = (struct str){word.data + len, word.len - len};
    }
    return found;
}
