#include "support.h"

#include "base/values.h"

#include <stdlib.h>

static void one_pair_of_quotes_round_the_whole_is_taken_off(void **state)
{
    (void)state;
    static const struct {
        const char *value, *plain;
    } cases[] = {
        {"", ""},
        {"a", "a"},
        {"\"a b\"", "a b"},
        {"'a'", "a"},
        {"\"\"", ""},
        {"\"", "\""},
        {"\"a", "\"a"},
        {"a\"", "a\""},
        {"\"a'", "\"a'"},
        {"\"a\",\"b\"", "\"a\",\"b\""},
        {"\"it's\"", "it's"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(value_unquote(str_from(cases[i].value)), cases[i].plain);
}

static void words_of_a_list_are_trimmed(void **state)
{
    (void)state;
    struct str rest = STR(" a ,, \tb c"), word;
    assert_true(value_next_word(&rest, &word));
    assert_str(word, "a");
    assert_true(value_next_word(&rest, &word));
    assert_str(word, "");
    assert_true(value_next_word(&rest, &word));
    assert_str(word, "b c");
    assert_false(value_next_word(&rest, &word));
}

static void numbers_are_digits_within_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
        uint64_t number;
    } cases[] = {
        {"16", "", 16},
        {"0016", "", 16},
        {"65536", "", 65536},
        {"15", "\"15\" is too small", 0},
        {"0", "\"0\" is too small", 0},
        {"65537", "\"65537\" is too large", 0},
        {"655360", "\"655360\" is too large", 0},
        {"18446744073709551615", "\"18446744073709551615\" is too large", 0},
        {"18446744073709551632", "\"18446744073709551632\" is too large", 0},
        {"99999999999999999999999999", "\"99999999999999999999999999\" is too large",
         0},
        {"", "\"\" is not a whole number", 0},
        {"-1", "\"-1\" is not a whole number", 0},
        {"+20", "\"+20\" is not a whole number", 0},
        {"20 ", "\"20 \" is not a whole number", 0},
        {"0x20", "\"0x20\" is not a whole number", 0},
        {"2e4", "\"2e4\" is not a whole number", 0},
        {"20.0", "\"20.0\" is not a whole number", 0},
        {"1/", "\"1/\" is not a whole number", 0},
        {"1:", "\"1:\" is not a whole number", 0},
        {"\xd9\xa1\xd9\xa6", "\"\\xd9\\xa1\\xd9\\xa6\" is not a whole number", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0};
        uint64_t number = 0;
        bool ok = value_number(str_from(cases[i].value), 16, 65536, &number, &error);
        assert_int_equal(ok, !*cases[i].error);
        if (ok)
            assert_int_equal(number, cases[i].number);
        assert_buf(&error, cases[i].error);
    }
}

static void the_largest_bound_is_a_number_itself(void **state)
{
    (void)state;
    struct buf error = {0};
    uint64_t number;
    assert_true(
        value_number(STR("9223372036854775807"), 0, INT64_MAX, &number, &error));
    assert_true(number == INT64_MAX);
    assert_false(
        value_number(STR("9223372036854775808"), 0, INT64_MAX, &number, &error));
    assert_true(value_number(STR("0"), 0, 3, &number, &error));
    assert_int_equal(number, 0);
    assert_false(value_number(STR("4"), 0, 3, &number, &error));
    assert_false(value_number(STR("00000004"), 0, 3, &number, &error));
    buf_free(&error);
}

static void durations_have_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
        uint64_t ns;
    } cases[] = {
        {"100us", "", 100000},
        {"1ms", "", 1000000},
        {"1s", "", 1000000000},
        {"0001s", "", 1000000000},
        {"0.5ms", "", 500000},
        {"2.5ms", "", 2500000},
        {"0.25s", "", 250000000},
        {"1.000000s", "", 1000000000},
        {"123.4567us", "", 123456},
        {"100.99999999999999999999999us", "", 100999},
        {"99us", "\"99us\" is too short", 0},
        {"99.999us", "\"99.999us\" is too short", 0},
        {"0.09ms", "\"0.09ms\" is too short", 0},
        {"0s", "\"0s\" is too short", 0},
        {"2s", "\"2s\" is too long", 0},
        {"1.000000001s", "\"1.000000001s\" is too long", 0},
        {"1001ms", "\"1001ms\" is too long", 0},
        {"18446744073709551615us", "\"18446744073709551615us\" is too long", 0},
        {"18446744073709552us", "\"18446744073709552us\" is too long", 0},
        {"99999999999999999999.5s", "\"99999999999999999999.5s\" is too long", 0},
        {"1", "\"1\" lacks a unit (us, ms, s)", 0},
        {"0.5", "\"0.5\" lacks a unit (us, ms, s)", 0},
        {"99999999999999999999", "\"99999999999999999999\" lacks a unit (us, ms, s)",
         0},
        {"", "\"\" is not a duration", 0},
        {"ms", "\"ms\" is not a duration", 0},
        {"1m", "\"1m\" is not a duration", 0},
        {"1MS", "\"1MS\" is not a duration", 0},
        {"1 ms", "\"1 ms\" is not a duration", 0},
        {"1ms ", "\"1ms \" is not a duration", 0},
        {"-1ms", "\"-1ms\" is not a duration", 0},
        {"+1ms", "\"+1ms\" is not a duration", 0},
        {"1e3us", "\"1e3us\" is not a duration", 0},
        {".5ms", "\".5ms\" is not a duration", 0},
        {"1.ms", "\"1.ms\" is not a duration", 0},
        {".", "\".\" is not a duration", 0},
        {"1.2.3ms", "\"1.2.3ms\" is not a duration", 0},
        {"1,5ms", "\"1,5ms\" is not a duration", 0},
        {"1ms2us", "\"1ms2us\" is not a duration", 0},
        {"1\xc2\xb5s", "\"1\\xc2\\xb5s\" is not a duration", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0};
        uint64_t ns = 0;
        bool ok =
            value_duration(str_from(cases[i].value), 100000, 1000000000, &ns, &error);
        assert_int_equal(ok, !*cases[i].error);
        if (ok)
            assert_int_equal(ns, cases[i].ns);
        assert_buf(&error, cases[i].error);
    }
}

static void bytes_may_have_a_unit_of_1024(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
        uint64_t bytes;
    } cases[] = {
        {"0", "", 0},
        {"1", "", 1},
        {"65536", "", 65536},
        {"64k", "", 65536},
        {"64K", "", 65536},
        {"256m", "", UINT64_C(256) << 20},
        {"1g", "", UINT64_C(1) << 30},
        {"4G", "", UINT64_C(4) << 30},
        {"4294967296", "", UINT64_C(4) << 30},
        {"4294967297", "\"4294967297\" is too large", 0},
        {"5g", "\"5g\" is too large", 0},
        {"18446744073709551617g", "\"18446744073709551617g\" is too large", 0},
        {"4194305k", "\"4194305k\" is too large", 0},
        {"", "\"\" is not a number of bytes", 0},
        {"m", "\"m\" is not a number of bytes", 0},
        {"-1", "\"-1\" is not a number of bytes", 0},
        {"1.5g", "\"1.5g\" is not a number of bytes", 0},
        {"1 m", "\"1 m\" is not a number of bytes", 0},
        {"1mb", "\"1mb\" is not a number of bytes", 0},
        {"1t", "\"1t\" is not a number of bytes", 0},
        {"1\x0b", "\"1\\x0b\" is not a number of bytes", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0};
        uint64_t bytes = 7;
        bool ok =
            value_bytes(str_from(cases[i].value), UINT64_C(4) << 30, &bytes, &error);
        assert_int_equal(ok, !*cases[i].error);
        assert_int_equal(bytes, ok ? cases[i].bytes : 7);
        assert_buf(&error, cases[i].error);
    }
}

static void the_longest_duration_is_one_itself(void **state)
{
    (void)state;
    struct buf error = {0};
    uint64_t ns;
    assert_true(
        value_duration(STR("9223372036.854775807s"), 0, INT64_MAX, &ns, &error));
    assert_true(ns == INT64_MAX);
    assert_false(
        value_duration(STR("9223372036.854775808s"), 0, INT64_MAX, &ns, &error));
    assert_true(value_duration(STR("0us"), 0, 0, &ns, &error));
    assert_int_equal(ns, 0);
    assert_false(value_duration(STR("0.001us"), 0, 0, &ns, &error));
    assert_true(value_duration(STR("0.4s"), 0, 500000000, &ns, &error));
    assert_int_equal(ns, 400000000);
    buf_free(&error);
}

static void durations_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {1, "0.001us"},
        {100, "0.1us"},
        {100000, "100us"},
        {500000, "500us"},
        {1000000, "1ms"},
        {1500000, "1.5ms"},
        {1050001, "1.050001ms"},
        {999999999, "999.999999ms"},
        {1000000000, "1s"},
        {60000000000, "60s"},
        {INT64_MAX, "9223372036.854775807s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text = {0}, error = {0};
        uint64_t ns;
        duration_add(&text, cases[i].ns);
        assert_true(value_duration(buf_str(&text), 0, INT64_MAX, &ns, &error));
        assert_true(ns == cases[i].ns);
        assert_buf(&text, cases[i].text);
    }
}

static void octal_modes_leave_the_owner_in(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
        mode_t mode;
    } cases[] = {
        {"0700", "", 0700},
        {"700", "", 0700},
        {"000777", "", 0777},
        {"0750", "", 0750},
        {"0600", "\"0600\" shuts out the owner, who needs 0700", 0},
        {"0", "\"0\" shuts out the owner, who needs 0700", 0},
        {"077", "\"077\" shuts out the owner, who needs 0700", 0},
        {"1777", "\"1777\" is above 0777", 0},
        {"10000000000000000000000000", "\"10000000000000000000000000\" is above 0777",
         0},
        {"0o700", "\"0o700\" is not an octal number", 0},
        {"0708", "\"0708\" is not an octal number", 0},
        {"-700", "\"-700\" is not an octal number", 0},
        {"rwx------", "\"rwx------\" is not an octal number", 0},
        {"7 0 0", "\"7 0 0\" is not an octal number", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0};
        mode_t mode = 0;
        bool ok = value_octal(str_from(cases[i].value), 0700, &mode, &error);
        assert_int_equal(ok, !*cases[i].error);
        if (ok)
            assert_int_equal(mode, cases[i].mode);
        assert_buf(&error, cases[i].error);
    }
}

static void paths_are_short_and_printable(void **state)
{
    (void)state;
    struct buf error = {0};
    assert_true(value_path(STR("/tmp/a b\xc3\xa9"), 20, &error));
    assert_true(value_path(STR("relative"), 8, &error));
    assert_buf(&error, "");
    assert_false(value_path(STR("relative"), 7, &error));
    assert_buf(&error, "\"relative\" is longer than 7 bytes");
    assert_false(value_path(STR("/tmp/a\nb"), 20, &error));
    assert_buf(&error, "\"/tmp/a\\x0ab\" holds a control character");
    assert_false(value_path(STR("/tmp/\x7f"), 20, &error));
    buf_free(&error);
}

static bool copy_a_value(void)
{
    char *copy = value_copy(STR("value"));
    if (copy)
        assert_string_equal(copy, "value");
    free(copy);
    return !copy;
}

static void running_out_of_memory_is_no_copy(void **state)
{
    (void)state;
    oom_sweep(copy_a_value);
}

static void the_copy_of_nothing_is_an_empty_text(void **state)
{
    (void)state;
    char *copy = value_copy((struct str){NULL, 0});
    assert_string_equal(copy, "");
    free(copy);
}

static void a_place_exists_or_its_parent_does(void **state)
{
    (void)state;
    const struct {
        const char *path;
        enum place place;
        const char *error;
    } cases[] = {
        {"/", PLACE_DIRECTORY, ""},
        {"/dev", PLACE_DIRECTORY, ""},
        {"/nothing-of-that-name", PLACE_DIRECTORY, ""},
        {"/nothing-of-that-name///", PLACE_DIRECTORY, ""},
        {"nothing-of-that-name", PLACE_DIRECTORY, ""},
        {"./nothing-of-that-name", PLACE_FILE, ""},
        {"/dev/null", PLACE_FILE, ""},
        {"/dev/nothing-of-that-name", PLACE_FILE, ""},
        {"/", PLACE_FILE, "\"/\" is a directory"},
        {"/dev/null", PLACE_DIRECTORY, "\"/dev/null\" is not a directory"},
        {"/dev/null/x", PLACE_DIRECTORY,
         "\"/dev/null/x\" is in something that is not a directory"},
        {"/nothing/of", PLACE_FILE,
         "\"/nothing/of\" is in a directory that does not exist"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0};
        bool ok = value_place(str_from(cases[i].path), cases[i].place, &error);
        assert_int_equal(ok, !*cases[i].error);
        assert_buf(&error, cases[i].error);
    }
}

static void decimals_above_0_and_at_most_1_are_ratios(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t billionths;
    } cases[] = {
        {"1", 1000000000},    {"1.0", 1000000000}, {"1.000000000", 1000000000},
        {"0.5", 500000000},   {".5", 500000000},   {"0.01", 10000000},
        {"00.1", 100000000},  {"0.000000001", 1},  {"0.999999999", 999999999},
        {"0.123", 123000000}, {"0.10", 100000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t billionths = 0;
        assert_true(value_ratio(str_from(cases[i].text), &billionths));
        assert_int_equal(billionths, cases[i].billionths);
    }
}

static void anything_else_is_no_ratio(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "0",
        "0.0",
        ".",
        "1.",
        "1.1",
        "2",
        "1.000000001",
        "-0.5",
        "+0.5",
        "0,5",
        "1e-2",
        "5%",
        " 0.5",
        "0.5 ",
        "nan",
        "inf",
        "0x1",
        "0.5.5",
        "0.0000000001",
        "18446744073709551617",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint32_t billionths = 7;
        assert_false(value_ratio(str_from(texts[i]), &billionths));
        assert_int_equal(billionths, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pair_of_quotes_round_the_whole_is_taken_off),
        cmocka_unit_test(words_of_a_list_are_trimmed),
        cmocka_unit_test(numbers_are_digits_within_bounds),
        cmocka_unit_test(the_largest_bound_is_a_number_itself),
        cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(the_longest_duration_is_one_itself),
        cmocka_unit_test(bytes_may_have_a_unit_of_1024),
        cmocka_unit_test(durations_are_written_as_they_are_read),
        cmocka_unit_test(decimals_above_0_and_at_most_1_are_ratios),
        cmocka_unit_test(anything_else_is_no_ratio),
        cmocka_unit_test(octal_modes_leave_the_owner_in),
        cmocka_unit_test(paths_are_short_and_printable),
        cmocka_unit_test(a_place_exists_or_its_parent_does),
        cmocka_unit_test(running_out_of_memory_is_no_copy),
        cmocka_unit_test(the_copy_of_nothing_is_an_empty_text),
    };
    return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
