#include "request.h"

#include "gate/meant.h"

#include <stdio.h>

static struct config config;

static int make(void **state)
{
    (void)state;
    config = make_config("");
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    config_free(&config);
    return 0;
}

static void assert_meant(const char *value, const char *meant)
{
    struct buf out = {0};
    bool almost = meant_find(&config, str_from(value), &out);
    if (almost != (meant != NULL) || (meant && strcmp(buf_cstr(&out), meant)))
        print_error("%s: %s\n", value, almost ? buf_cstr(&out) : "nothing");
    assert_int_equal(almost, meant != NULL);
    if (meant)
        assert_string_equal(buf_cstr(&out), meant);
    buf_free(&out);
}

static void mistyped_words_are_corrected(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"samplng", "sampling"},
        {"text", "txt"},
        {"Sampling", "sampling"},
        {"HTML", "html"},
        {"hmtl", "html"},
        {"sample", "sampling"},
        {"determ", "deterministic"},
        {"files", "file"},
        {"logs", "log"},
        {"sampling,1ms", "sampling,interval=1ms"},
        {"1ms", "interval=1ms"},
        {"sampling;html", "sampling,html"},
        {"sampling html", "sampling,html"},
        {"samplng|htm", "sampling,html"},
        {"sampling,50", "sampling,limit=50"},
        {"txt,cumulative", "txt,sort=cumulative"},
        {"txt,lmit=5", "txt,limit=5"},
        {"sort:calls", "sort=calls"},
        {"on,samplng", "on,sampling"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char meant[80];
        snprintf(meant, sizeof meant, "did you mean \"%s\"?", cases[i][1]);
        assert_meant(cases[i][0], meant);
    }
}

static void an_unknown_word_among_those_of_a_flag_is_named(void **state)
{
    (void)state;
    assert_meant("sampling,fast",
                 "\"fast\" is not a word of a flag; words: "
                 "deterministic, sampling, log, file, prof, txt, html, "
                 "sort=KEY:KEY, limit=N, interval=1ms, on, off");
}

static void parameters_of_the_apps_own_resemble_no_flag(void **state)
{
    (void)state;
    static const char *const values[] = {
        "alice",       "2",           "7,8",  "1,2,3",
        "on the road", "own",         "one",  "user",
        "name",        "calls",       "50",   "https://example.org/x",
        "a",           "profile",     "me",   ",",
        " ",           "=",           ":",    "x=y",
        "on,alice",    "test",        "full", "admin",
        "public",      "yes, please",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_meant(values[i], NULL);
}

static void what_is_a_flag_is_not_almost_one(void **state)
{
    (void)state;
    static const char *const values[] = {
        "", "sampling", "txt,limit=x", "sort=totime", "on", "interval=9s"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_meant(values[i], NULL);
}

static void secrets_are_not_repeated(void **state)
{
    (void)state;
    assert_meant("samplng,key=sesame,exp=17,sig=0f", "did you mean \"sampling\"?");
    struct buf out = {0};
    assert_true(meant_find(&config, STR("sampling,kye=sesame"), &out));
    assert_null(strstr(buf_cstr(&out), "sesame"));
    buf_free(&out);
}

static void a_long_value_resembles_none(void **state)
{
    (void)state;
    char value[MEANT_BYTES_MAX + 2];
    memset(value, 'x', sizeof value);
    memcpy(value, "sampling,", 9);
    value[MEANT_BYTES_MAX + 1] = '\0';
    assert_meant(value, NULL);
}

static bool find_one(void)
{
    struct buf out = {0};
    bool failed = !meant_find(&config, STR("samplng,html"), &out) || out.failed;
    buf_free(&out);
    return failed;
}

static void without_memory_nothing_is_meant(void **state)
{
    (void)state;
    oom_sweep(find_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistyped_words_are_corrected),
        cmocka_unit_test(an_unknown_word_among_those_of_a_flag_is_named),
        cmocka_unit_test(parameters_of_the_apps_own_resemble_no_flag),
        cmocka_unit_test(what_is_a_flag_is_not_almost_one),
        cmocka_unit_test(secrets_are_not_repeated),
        cmocka_unit_test(a_long_value_resembles_none),
        cmocka_unit_test(without_memory_nothing_is_meant),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
