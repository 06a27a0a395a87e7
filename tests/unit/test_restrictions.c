#include "support.h"

#include "choice/restrictions.h"

#define POSSIBLE                                                                       \
    "; possible: 30 (rows), 0.1 (a tenth of the rows), a regular expression (in "      \
    "quotes "                                                                          \
    "where it looks like a number), or none alone"

static void parse(struct restrictions *r, struct str text)
{
    struct buf error = {0};
    if (!restrictions_parse(r, text, &error))
        fail_msg("%s", buf_cstr(&error));
    assert_buf(&error, "");
}

static void numbers_are_counts_and_fractions(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum restriction_kind kind;
        uint64_t count;
        double fraction;
        const char *echo; /* repr(eval(text)) in Python */
    } cases[] = {
        {"40", RESTRICT_COUNT, 40, 0, "40"},
        {" 0 ", RESTRICT_COUNT, 0, 0, "0"},
        {"+5", RESTRICT_COUNT, 5, 0, "5"},
        {"-0", RESTRICT_COUNT, 0, 0, "0"},
        {"007", RESTRICT_COUNT, 7, 0, "7"},
        {"1000000000", RESTRICT_COUNT, 1000000000, 0, "1000000000"},
        {"0.1", RESTRICT_FRACTION, 0, 0.1, "0.1"},
        {"0.10", RESTRICT_FRACTION, 0, 0.1, "0.1"},
        {".5", RESTRICT_FRACTION, 0, 0.5, "0.5"},
        {"+.25", RESTRICT_FRACTION, 0, 0.25, "0.25"},
        {"0.0", RESTRICT_FRACTION, 0, 0.0, "0.0"},
        {"0.00001", RESTRICT_FRACTION, 0, 0.00001, "1e-05"},
        {"0.30000000000000004", RESTRICT_FRACTION, 0, 0.1 + 0.2, "0.30000000000000004"},
        {"000.9999999999999999", RESTRICT_FRACTION, 0, 0.9999999999999999,
         "0.9999999999999999"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct restrictions r;
        parse(&r, str_from(cases[i].text));
        assert_int_equal(r.count, 1);
        assert_int_equal(r.items[0].kind, cases[i].kind);
        assert_true(r.items[0].count == cases[i].count);
        assert_memory_equal(&r.items[0].fraction, &cases[i].fraction, sizeof(double));
        assert_string_equal(r.items[0].echo, cases[i].echo);
        restrictions_free(&r);
    }
}

static void everything_else_is_a_pattern(void **state)
{
    (void)state;
    const struct {
        struct str text;
        const char *echo, *found, *missed;
    } cases[] = {
        {STR("foo"), "'foo'", "a foo", "bar"},
        {STR("\"10\""), "'10'", "app.py:10(f)", "app.py:9(f)"},
        {STR("'0.1'"), "'0.1'", "021", "0.2"},
        {STR("\"a,b\""), "'a,b'", "xa,by", "a"},
        {STR(" 'a, b' "), "'a, b'", "a, b", "a,b"},
        {STR("\"none\""), "'none'", "none", "x"},
        {STR("\"10%\""), "'10%'", "10%", "10"},
        {STR("it's"), "\"it's\"", "it's", "its"},
        {STR("'it's'"), "\"it's\"", "it's", "its"},
        {STR("\"'x'\""), "\"'x'\"", "'x'", "x"},
        {STR("\" a\""), "' a'", "x a", "a"},
        {STR("\"\""), "''", "", NULL},
        {STR("\\d+\\.py"), "'\\\\d+\\\\.py'", "12.py", "a.py"},
        {STR("1-2"), "'1-2'", "1-2", "1"},
        {STR("5."), "'5.'", "5x", "5"},
        {STR("e5"), "'e5'", "e5", "5"},
        {STR("0xg"), "'0xg'", "0xg", "0x"},
        {STR("1e"), "'1e'", "1e", "1"},
        {STR("10%x"), "'10%x'", "10%x", "10%"},
        {STR("None"), "'None'", "None", "none"},
        {STR("^\xc3\xa9\\w"), "'^\xc3\xa9\\\\w'", "\xc3\xa9\xc3\xa9", "e"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct restrictions r;
        parse(&r, cases[i].text);
        assert_int_equal(r.count, 1);
        assert_int_equal(r.items[0].kind, RESTRICT_PATTERN);
        assert_string_equal(r.items[0].echo, cases[i].echo);
        assert_true(regex_search(r.items[0].regex, str_from(cases[i].found)));
        if (cases[i].missed)
            assert_false(regex_search(r.items[0].regex, str_from(cases[i].missed)));
        restrictions_free(&r);
    }
}

static void lists_keep_their_order(void **state)
{
    (void)state;
    const struct {
        const char *text, *echoes;
    } cases[] = {
        {"none", ""},
        {" none\t", ""},
        {"10, foo", "10 'foo' "},
        {"foo,10", "'foo' 10 "},
        {"0.5,\"a,b\",3", "0.5 'a,b' 3 "},
        {"'a' , \"b\" ,c", "'a' 'b' 'c' "},
        {"'a',b'", "'a' \"b'\" "},
        {"\"a\"b\",2", "'a\"b' 2 "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct restrictions r;
        struct buf echoes = {0};
        parse(&r, str_from(cases[i].text));
        for (size_t j = 0; j < r.count; j++)
            buf_printf(&echoes, "%s ", r.items[j].echo);
        assert_buf(&echoes, cases[i].echoes);
        restrictions_free(&r);
    }
}

static void what_pstats_would_ignore_is_an_error(void **state)
{
    (void)state;
    const char *foreign = " is neither an integer nor a fraction like 0.1" POSSIBLE;
    const char *too_large =
        " is not below 1.0, as a fraction of the rows has to be" POSSIBLE;
    const char *too_many = " is more than a table can have" POSSIBLE;
    const char *negative = " is negative" POSSIBLE,
               *empty = " is an empty item" POSSIBLE;
    const char *unclosed = " has no closing quote" POSSIBLE;
    const struct {
        struct str text;
        const char *quoted, *what;
    } cases[] = {
        {STR("1.0"), "\"1.0\"", too_large},
        {STR("2.5"), "\"2.5\"", too_large},
        {STR("0.99999999999999999999"), "\"0.99999999999999999999\"", too_large},
        {STR("-1"), "\"-1\"", negative},
        {STR("foo, -0.5"), "\"-0.5\"", negative},
        {STR("-99999999999999999999"), "\"-99999999999999999999\"", negative},
        {STR("1000000001"), "\"1000000001\"", too_many},
        {STR("99999999999999999999999"), "\"99999999999999999999999\"", too_many},
        {STR("10%"), "\"10%\"", foreign},
        {STR("12.5%"), "\"12.5%\"", foreign},
        {STR("1e-3"), "\"1e-3\"", foreign},
        {STR("1.5E+3"), "\"1.5E+3\"", foreign},
        {STR(".5e3"), "\".5e3\"", foreign},
        {STR("0x10"), "\"0x10\"", foreign},
        {STR("-0XfF"), "\"-0XfF\"", foreign},
        {STR(""), "\"\"", empty},
        {{NULL, 0}, "\"\"", empty},
        {STR("10,,foo"), "\"\"", empty},
        {STR("10,"), "\"\"", empty},
        {STR("'a',"), "\"\"", empty},
        {STR("10, none"), "\"none\"", " cannot be combined with others" POSSIBLE},
        {STR("\"a,b"), "'\"a,b'", unclosed},
        {STR("10, 'a\""), "''a\"'", unclosed},
        {STR("'"), "\"'\"", unclosed},
        {STR("'a'b"), "\"'a'b\"", unclosed},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct restrictions r;
        struct buf error = {0}, expected = {0};
        assert_false(restrictions_parse(&r, cases[i].text, &error));
        assert_int_equal(r.count, 0);
        assert_null(r.items);
        buf_printf(&expected, "%s%s", cases[i].quoted, cases[i].what);
        assert_string_equal(buf_cstr(&error), buf_cstr(&expected));
        buf_free(&error);
        buf_free(&expected);
    }
}

static void a_bad_pattern_is_an_error(void **state)
{
    (void)state;
    const struct str cases[] = {STR("[bad"), STR("10, \"(\""), STR("\xff\n")};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct restrictions r;
        struct buf error = {0};
        assert_false(restrictions_parse(&r, cases[i], &error));
        assert_int_equal(r.count, 0);
        assert_non_null(strstr(buf_cstr(&error), "\" is not a regular expression ("));
        assert_non_null(strstr(buf_cstr(&error), POSSIBLE));
        assert_null(strpbrk(buf_cstr(&error), "\n\xff"));
        buf_free(&error);
    }
}

static void a_limit_is_one_count(void **state)
{
    (void)state;
    struct restrictions r;
    assert_true(restrictions_limit(&r, 50));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.items[0].kind, RESTRICT_COUNT);
    assert_int_equal(r.items[0].count, 50);
    assert_string_equal(r.items[0].echo, "50");
    restrictions_free(&r);
    restrictions_free(&r);
}

static bool parse_all_kinds(void)
{
    struct restrictions r;
    struct buf error = {0};
    bool failed = !restrictions_parse(&r, STR("10, 0.5, 'a,b', foo"), &error);
    if (failed)
        assert_null(r.items);
    restrictions_free(&r);
    buf_free(&error);
    return failed;
}

static bool limit(void)
{
    struct restrictions r;
    bool failed = !restrictions_limit(&r, 3);
    restrictions_free(&r);
    return failed;
}

static void running_out_of_memory_is_an_error(void **state)
{
    (void)state;
    oom_sweep(parse_all_kinds);
    oom_sweep(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_counts_and_fractions),
        cmocka_unit_test(everything_else_is_a_pattern),
        cmocka_unit_test(lists_keep_their_order),
        cmocka_unit_test(what_pstats_would_ignore_is_an_error),
        cmocka_unit_test(a_bad_pattern_is_an_error),
        cmocka_unit_test(a_limit_is_one_count),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("restrictions", tests, NULL, NULL);
}
