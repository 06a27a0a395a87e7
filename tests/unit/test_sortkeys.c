#include "support.h"

#include "choice/sortkeys.h"

#define KEYS "keys: calls, cumtime, filename, line, name, nfl, pcalls, stdname, time"

/* From Stats().get_sort_arg_defs() of CPython 3.11. */
static const struct {
    enum sort_key key;
    const char *words;
} accepted[] = {
    {SORT_CALLS, "ca cal call calls nc nca ncal ncall ncalls"},
    {SORT_CUMULATIVE, "cu cumt cumti cumtim cumtime cumu cumul cumula cumulat cumulati "
                      "cumulativ cumulative"},
    {SORT_FILE,
     "f fi fil file filen filena filenam filename m mo mod modu modul module"},
    {SORT_LINE, "l li lin line"},
    {SORT_NAME, "na nam name"},
    {SORT_NFL, "nf nfl"},
    {SORT_PRIMITIVE, "p pc pca pcal pcall pcalls"},
    {SORT_STDNAME, "s st std stdn stdna stdnam stdname"},
    {SORT_TIME, "ti tim time to tot tott totti tottim tottime"},
};
#define ACCEPTED_COUNT (sizeof(accepted) / sizeof(*accepted))

static void each_unambiguous_prefix_of_a_word_is_the_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACCEPTED_COUNT; i++) {
        struct str rest = str_from(accepted[i].words), word;
        while (str_split(&rest, ' ', &word)) {
            struct sort_keys keys;
            struct buf error = {0};
            assert_true(sort_keys_parse(&keys, word, ',', &error));
            assert_int_equal(keys.count, 1);
            assert_int_equal(keys.keys[0], accepted[i].key);
            assert_buf(&error, "");
        }
    }
}

static bool is_accepted(struct str text)
{
    for (size_t i = 0; i < ACCEPTED_COUNT; i++) {
        struct str rest = str_from(accepted[i].words), word;
        while (str_split(&rest, ' ', &word))
            if (str_equal(word, text))
                return true;
    }
    return false;
}

static void no_other_short_word_is_a_key(void **state)
{
    (void)state;
    const unsigned letters = 26;
    for (unsigned i = 0; i < letters * letters * letters; i++) {
        char text[3];
        unsigned code = i;
        for (size_t j = 0; j < 3; j++, code /= letters)
            text[j] = (char)('a' + code % letters);
        for (size_t len = 1; len <= 3; len++) {
            struct sort_keys keys;
            struct buf error = {0};
            struct str word = {text, len};
            bool ok = sort_keys_parse(&keys, word, ',', &error);
            assert_int_equal(ok, is_accepted(word));
            assert_int_equal(ok, error.len == 0);
            buf_free(&error);
        }
    }
}

static void lists_keep_their_order(void **state)
{
    (void)state;
    const struct {
        const char *text;
        char separator;
        uint8_t count;
        uint8_t keys[SORT_KEYS_MAX];
    } cases[] = {
        {"", ',', 0, {0}},
        {"  ", ',', 0, {0}},
        {"time, calls", ',', 2, {SORT_TIME, SORT_CALLS}},
        {"\tnfl ,time,p ", ',', 3, {SORT_NFL, SORT_TIME, SORT_PRIMITIVE}},
        {"cumulative:calls", ':', 2, {SORT_CUMULATIVE, SORT_CALLS}},
        {"time,time", ',', 2, {SORT_TIME, SORT_TIME}},
        {"l,l,l,l,l,l,l,l", ',', 8, {5, 5, 5, 5, 5, 5, 5, 5}},
        {"-1", ',', 1, {SORT_STDNAME}},
        {"0", ',', 1, {SORT_CALLS}},
        {" 1 ", ':', 1, {SORT_TIME}},
        {"2", ',', 1, {SORT_CUMULATIVE}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sort_keys keys;
        struct buf error = {0};
        assert_true(sort_keys_parse(&keys, str_from(cases[i].text), cases[i].separator,
                                    &error));
        assert_buf(&error, "");
        assert_int_equal(keys.count, cases[i].count);
        assert_memory_equal(keys.keys, cases[i].keys, keys.count);
    }
}

static void errors_say_what_is_wrong_and_what_is_possible(void **state)
{
    (void)state;
    const struct {
        struct str text;
        const char *error;
    } cases[] = {
        {STR("totime"), "\"totime\" is not a key; did you mean \"tottime\"? " KEYS
                        ", or one integer alone: -1, 0, 1, 2"},
        {STR("cumlative"),
         "\"cumlative\" is not a key; did you mean \"cumulative\"? " KEYS
         ", or one integer alone: -1, 0, 1, 2"},
        {STR("time, xyzzy"),
         "\"xyzzy\" is not a key; " KEYS ", or one integer alone: -1, 0, 1, 2"},
        {STR("TIME"),
         "\"TIME\" is not a key; " KEYS ", or one integer alone: -1, 0, 1, 2"},
        {STR("times"), "\"times\" is not a key; did you mean \"time\"? " KEYS
                       ", or one integer alone: -1, 0, 1, 2"},
        {STR("-2"), "\"-2\" is not a key; " KEYS ", or one integer alone: -1, 0, 1, 2"},
        {STR("+1"), "\"+1\" is not a key; " KEYS ", or one integer alone: -1, 0, 1, 2"},
        {STR("a\0\xff"),
         "\"a\\x00\\xff\" is not a key; " KEYS ", or one integer alone: -1, 0, 1, 2"},
        {STR("c"), "\"c\" is ambiguous: it may be calls, cumtime, cumulative"},
        {STR("cum"), "\"cum\" is ambiguous: it may be cumtime, cumulative"},
        {STR("n"), "\"n\" is ambiguous: it may be ncalls, name, nfl"},
        {STR("calls,t"), "\"t\" is ambiguous: it may be time, tottime"},
        {STR("1, time"),
         "\"1\" in a list; possible is one integer alone (-1, 0, 1, 2), or a list of "
         "words; " KEYS},
        {STR("time,,calls"), "\"time,,calls\" has an empty item; " KEYS},
        {STR("time,"), "\"time,\" has an empty item; " KEYS},
        {STR(","), "\",\" has an empty item; " KEYS},
        {STR("l,l,l,l,l,l,l,l,l"),
         "\"l,l,l,l,l,l,l,l,l\" has too many keys; 8 are possible"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct sort_keys keys;
        struct buf error = {0};
        assert_false(sort_keys_parse(&keys, cases[i].text, ',', &error));
        assert_int_equal(keys.count, 0);
        assert_buf(&error, cases[i].error);
    }
}

static bool explain(void)
{
    struct sort_keys keys;
    struct buf error = {0};
    assert_false(sort_keys_parse(&keys, STR("totime"), ',', &error));
    bool failed = error.failed;
    buf_free(&error);
    return failed;
}

static void running_out_of_memory_spoils_only_the_message(void **state)
{
    (void)state;
    oom_sweep(explain);
}

static void labels_and_words_are_those_of_pstats(void **state)
{
    (void)state;
    const struct {
        enum sort_key key;
        const char *word, *label;
    } cases[] = {
        {SORT_CALLS, "calls", "call count"},
        {SORT_CUMULATIVE, "cumtime", "cumulative time"},
        {SORT_TIME, "time", "internal time"},
        {SORT_PRIMITIVE, "pcalls", "primitive call count"},
        {SORT_FILE, "filename", "file name"},
        {SORT_LINE, "line", "line number"},
        {SORT_NAME, "name", "function name"},
        {SORT_NFL, "nfl", "name/file/line"},
        {SORT_STDNAME, "stdname", "standard name"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_string_equal(sort_key_word(cases[i].key), cases[i].word);
        assert_string_equal(sort_key_label(cases[i].key), cases[i].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_unambiguous_prefix_of_a_word_is_the_key),
        cmocka_unit_test(no_other_short_word_is_a_key),
        cmocka_unit_test(lists_keep_their_order),
        cmocka_unit_test(errors_say_what_is_wrong_and_what_is_possible),
        cmocka_unit_test(running_out_of_memory_spoils_only_the_message),
        cmocka_unit_test(labels_and_words_are_those_of_pstats),
    };
    return cmocka_run_group_tests_name("sortkeys", tests, NULL, NULL);
}
