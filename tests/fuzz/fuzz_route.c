/* The words of the route action "profile:".
 *
 * Input: the words. */

#include "fuzz.h"

#include "gate/routespec.h"

#include <stdlib.h>

static const char *const configs[] = {
    "",
    "mode=sampling\ndir=/tmp\nformat=prof, txt\nkey=sesame-open-0123",
};
#define CONFIGS (sizeof configs / sizeof *configs)

/* True for words that only clients may use. */
static bool is_for_flags(const struct config *c, struct str word)
{
    return str_starts(word, STR("key=")) || str_starts(word, STR("exp=")) ||
           str_starts(word, STR("sig=")) || format_find(c->formats, word);
}

static bool has_word_for_flags(const struct config *c, struct str words)
{
    struct str word;
    while (str_split(&words, ',', &word))
        if (is_for_flags(c, str_trim(word)))
            return true;
    return false;
}

static void try_words(const struct config *c, struct str words)
{
    struct flag flag;
    struct buf error = {0};
    if (routespec_parse(&flag, c, words, &error)) {
        CHECK(error.len == 0 && !has_word_for_flags(c, words));
        CHECK(!flag.choice.answer && !flag.page_implied);
        CHECK(flag.choice.outputs && (c->dir || !(flag.choice.outputs & OUTPUT_FILE)));
    } else {
        fuzz_check_message(buf_str(&error));
        CHECK(str_starts(buf_str(&error), STR("route action profile: ")));
    }
    buf_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config made[CONFIGS];
    fuzz_configs(made, configs, CONFIGS);
    struct str words = fuzz_copy(fuzz_input(data, size));
    for (size_t i = 0; i < CONFIGS; i++)
        try_words(&made[i], words);
    free((char *)words.data);
    return 0;
}
