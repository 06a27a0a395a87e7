#include "support.h"

#include "gate/proofwords.h"

static void words_for_access_have_an_argument(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum proof_word found;
        const char *argument;
    } cases[] = {
        {"key=a,b", PROOF_KEY, "a,b"},   {"exp=17", PROOF_EXP, "17"},
        {"sig=00ff", PROOF_SIG, "00ff"}, {"key=", PROOF_KEY, ""},
        {"key==", PROOF_KEY, "="},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str argument;
        assert_int_equal(proofword_find(str_from(cases[i].word), &argument),
                         cases[i].found);
        assert_str(argument, cases[i].argument);
        assert_true(proofword_is(str_from(cases[i].word)));
    }
}

static void other_words_are_none(void **state)
{
    (void)state;
    static const char *const words[] = {"",      "key",   "KEY=a", " key=a",
                                        "keys=", "sort=", "exp:1", "xsig="};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_false(proofword_is(str_from(words[i])));
    assert_false(proofword_is((struct str){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_for_access_have_an_argument),
        cmocka_unit_test(other_words_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
