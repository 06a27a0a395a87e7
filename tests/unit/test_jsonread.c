#include "support.h"

#include "report/common/jsonread.h"

#include <stdio.h>
#include <stdlib.h>

/* Texts, and the numbers that they begin with; the rest stays. */
static const struct {
    const char *text;
    double number;
    const char *rest;
} numbers[] = {
    {"0", 0, ""},
    {"-0", 0, ""},
    {"7,", 7, ","},
    {"-7]", -7, "]"},
    {"12.5}", 12.5, "}"},
    {"0.1 ", 0.1, " "},
    {"1e3", 1000, ""},
    {"1E+3", 1000, ""},
    {"25e-1", 2.5, ""},
    {"1700000000.123456", 1700000000.123456, ""},
    {"12345678901234567890123", 12345678901234567890123.0, ""},
    {"0.000000000000000000000000001", 1e-27, ""},
    {"1e308", 1e308, ""},
    {"1e-999999999999999999999", 0, ""},
    {"0e999999999999999999999", 0, ""},
};

static void numbers_are_read_whatever_follows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct json_reader r = json_reader_of(str_from(numbers[i].text));
        double number = -1;
        if (!json_take_number(&r, &number))
            fail_msg("%s is no number", numbers[i].text);
        double error = number - numbers[i].number;
        if (__builtin_fabs(error) > 1e-15 * __builtin_fabs(numbers[i].number))
            fail_msg("%s is %.17g", numbers[i].text, number);
        assert_string_equal(r.at, numbers[i].rest);
    }
}

static void what_is_no_number(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "-",   "+1",  ".5",   "1.",    "01",
                                        "-01", "1e",  "1e+", "1.e1", "1e999", "nan",
                                        "inf", "--1", "x",   "\"1\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json_reader r = json_reader_of(str_from(texts[i]));
        double number;
        if (json_take_number(&r, &number))
            fail_msg("%s is a number: %g", texts[i], number);
    }
}

/* The numbers of an index are exact: those that strtod reads. (Not strtod: it expects a
 * comma in some locales.) */
static void numbers_with_few_digits_are_exact(void **state)
{
    (void)state;
    uint64_t digits = 4711;
    for (int i = 0; i < 20000; i++) {
        char text[40];
        digits = digits * 6364136223846793005u + 1442695040888963407u;
        int decimals = i % 7;
        uint64_t whole = (digits >> 12) / (i % 3 ? 1000000 : 1);
        uint64_t scale = 1;
        for (int d = 0; d < decimals; d++)
            scale *= 10;
        snprintf(text, sizeof text, decimals ? "%llu.%0*llu" : "%llu",
                 (unsigned long long)(whole / scale), decimals,
                 (unsigned long long)(whole % scale));
        struct json_reader r = json_reader_of(str_from(text));
        double number;
        assert_true(json_take_number(&r, &number));
        if (number != strtod(text, NULL))
            fail_msg("%s is %.17g", text, number);
    }
}

static void names_are_walked_through(void **state)
{
    (void)state;
    struct buf out = {0};
    size_t count;
    struct json_reader r = json_reader_of(STR("[ \"a\" , \"\" ,\"b\\u00e4\"]x"));
    assert_true(json_take_names(&r, &out, &count));
    assert_int_equal(count, 3);
    const char *name = json_next_name(buf_str(&out), NULL);
    assert_string_equal(name, "a");
    name = json_next_name(buf_str(&out), name);
    assert_string_equal(name, "");
    name = json_next_name(buf_str(&out), name);
    assert_string_equal(name, "b\xc3\xa4");
    assert_null(json_next_name(buf_str(&out), name));
    assert_false(json_at_end(&r));
    buf_free(&out);
    assert_null(json_next_name((struct str){0}, NULL));
}

/* However deep: there is no recursion. */
static void any_value_is_skipped(void **state)
{
    (void)state;
    static const char *const values[] = {"1",
                                         "null",
                                         "true",
                                         "\"a\\\"]\"",
                                         "[]",
                                         "{}",
                                         "[1,{\"a\":[\"}\"]},[]]",
                                         "{\"a\" : null }"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s,", values[i]);
        struct json_reader r = json_reader_of(str_from(text));
        if (!json_skip(&r) || strcmp(r.at, ",") != 0)
            fail_msg("%s is not skipped", text);
    }
    struct buf deep = {0};
    buf_fill(&deep, '[', 1000000);
    struct json_reader r = json_reader_of(buf_str(&deep));
    assert_false(json_skip(&r));
    buf_fill(&deep, ']', 1000000);
    r = json_reader_of(buf_str(&deep));
    assert_true(json_skip(&r) && json_at_end(&r));
    buf_free(&deep);
}

static void what_is_no_value_is_not_skipped(void **state)
{
    (void)state;
    static const char *const texts[] = {"",        ",",  "]",        "\"a",
                                        "\"\\x\"", "[1", "{\"a\":1", "\"\\ud800\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json_reader r = json_reader_of(str_from(texts[i]));
        if (json_skip(&r))
            fail_msg("%s is skipped", texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_whatever_follows),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(numbers_with_few_digits_are_exact),
        cmocka_unit_test(names_are_walked_through),
        cmocka_unit_test(any_value_is_skipped),
        cmocka_unit_test(what_is_no_value_is_not_skipped),
    };
    return cmocka_run_group_tests_name("jsonread", tests, NULL, NULL);
}
