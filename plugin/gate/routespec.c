#include "routespec.h"
#include "base/values.h"
#include "proofwords.h"

#define POSSIBLE                                                                       \
    "; possible: " MODE_NAMES                                                          \
    ", log, file, sort=KEY:KEY, limit=N, interval=1ms, on, off"

/* Cuts "key=SECRET" down to "key=": no line may repeat the secret. */
static bool is_proof(struct str *word)
{
    struct str argument;
    enum proof_word found = proofword_find(*word, &argument);
    if (found == PROOF_NONE)
        return false;
    *word = proof_words[found];
    return true;
}

/* Returns why a word is wrong in a route, though it may be right in a flag; or NULL. */
static const char *why_not(const struct config *c, struct str *word)
{
    if (is_proof(word))
        return "is for flags: a route is trusted as it is";
    if (format_find(c->formats, *word))
        return "would replace the app's answer, which a route cannot";
    return flag_recognised(c, *word) ? NULL : "is not a word of a route";
}

static bool check_words(const struct config *c, struct str words, struct buf *error)
{
    struct str word;
    while (value_next_word(&words, &word)) {
        const char *why = why_not(c, &word);
        if (!why)
            continue;
        value_quote(error, word);
        buf_add_text(error, why);
        buf_add_text(error, POSSIBLE);
        return false;
    }
    return true;
}

bool routespec_parse(struct flag *f, const struct config *c, struct str words,
                     struct buf *error)
{
    struct buf why = {0};
    bool ok = check_words(c, words, &why) && flag_parse(f, c, words, &why) == FLAG_OK;
    if (!ok) {
        buf_add_text(error, "route action profile: ");
        buf_add_str(error, why.len ? buf_str(&why) : STR("out of memory"));
    }
    buf_free(&why);
    return ok;
}
