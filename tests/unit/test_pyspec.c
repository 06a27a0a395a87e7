#include "support.h"

#include "base/pyspec.h"

#include <math.h>

static struct pyspec parse(const char *text, enum pyspec_kind kind)
{
    struct pyspec spec;
    struct buf error = {0};
    if (!pyspec_parse(&spec, kind, str_from(text), &error))
        fail_msg("%s: %s", text, buf_cstr(&error));
    assert_buf(&error, "");
    return spec;
}

/* Expected texts of the next three tables are from CPython 3.11's format(). */

static void texts_are_formatted_as_python_does(void **state)
{
    (void)state;
    const struct {
        const char *spec, *value, *formatted;
    } cases[] = {
        {"", "abc", "abc"},
        {"s", "abc", "abc"},
        {"5", "abc", "abc  "},
        {"05", "abc", "abc00"},
        {">5", "abc", "  abc"},
        {"^6", "abc", " abc  "},
        {"*^6s", "abc", "*abc**"},
        {"\xe2\x82\xac>5", "\xc3\xa9t\xc3\xa9",
         "\xe2\x82\xac\xe2\x82\xac\xc3\xa9t\xc3\xa9"},
        {">05", "abc", "00abc"},
        {"x>05", "abc", "xxabc"},
        {"<<5", "abc", "abc<<"},
        {"2", "abc", "abc"},
        {".2", "abc", "ab"},
        {".0s", "abc", ""},
        {"5.2s", "abc", "ab   "},
        {".1", "\xf0\x9f\x98\x80x", "\xf0\x9f\x98\x80"},
        {"00", "abc", "abc"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pyspec spec = parse(cases[i].spec, PYSPEC_TEXT);
        struct buf b = {0};
        pyspec_text(&spec, str_from(cases[i].value), &b);
        assert_buf(&b, cases[i].formatted);
    }
}

static void integers_are_formatted_as_python_does(void **state)
{
    (void)state;
    const struct {
        const char *spec;
        int64_t value;
        const char *formatted;
    } cases[] = {
        {"", 404, "404"},
        {"d", -404, "-404"},
        {"5", 404, "  404"},
        {"<5", 404, "404  "},
        {"05d", 404, "00404"},
        {"05", -4, "-0004"},
        {"=5", -4, "-   4"},
        {"*=5d", -4, "-***4"},
        {"*<05", -4, "-4***"},
        {"^05", -4, "0-400"},
        {"x", 255, "ff"},
        {"x", -255, "-ff"},
        {"08x", 3735928559, "deadbeef"},
        {"06x", -1, "-00001"},
        {"f", 404, "404.000000"},
        {".1f", 404, "404.0"},
        {"8.2f", -4, "   -4.00"},
        {"x", INT64_MIN, "-8000000000000000"},
        {"d", INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pyspec spec = parse(cases[i].spec, PYSPEC_INTEGER);
        struct buf b = {0};
        pyspec_integer(&spec, cases[i].value, &b);
        assert_buf(&b, cases[i].formatted);
    }
}

static void floats_are_formatted_as_python_does(void **state)
{
    (void)state;
    const struct {
        const char *spec;
        double value;
        const char *formatted;
    } cases[] = {
        {"", 12.5, "12.5"},          {"", 0.1, "0.1"},
        {"", 1e16, "1e+16"},         {"", 3.0, "3.0"},
        {".0f", 12.5, "12"},         {".0f", 13.5, "14"},
        {"f", 12.5, "12.500000"},    {".3f", 0.0005, "0.001"},
        {"8.2f", 12.5, "   12.50"},  {"08.2f", -12.5, "-0012.50"},
        {"<8.1f", 12.5, "12.5    "}, {"_=8.1f", -12.5, "-___12.5"},
        {"^8.1f", 12.5, "  12.5  "}, {".3", 1234.5, "1.23e+03"},
        {".3", 12.0, "12.0"},        {"7", 1.5, "    1.5"},
        {"07", -1.5, "-0001.5"},     {".0f", -0.4, "-0"},
        {".0f", (double)NAN, "nan"}, {"06.1f", -(double)INFINITY, "-00inf"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pyspec spec = parse(cases[i].spec, PYSPEC_FLOAT);
        struct buf b = {0};
        pyspec_float(&spec, cases[i].value, &b);
        assert_buf(&b, cases[i].formatted);
    }
}

static void the_limits_are_reached(void **state)
{
    (void)state;
    struct pyspec spec = parse("255.255f", PYSPEC_FLOAT);
    struct buf b = {0};
    pyspec_float(&spec, -1.7976931348623157e308, &b);
    assert_int_equal(b.len, 1 + 309 + 1 + 255);
    b.len = 0;
    spec = parse("\xf0\x9f\x98\x80^255", PYSPEC_TEXT);
    pyspec_text(&spec, STR("x"), &b);
    assert_int_equal(b.len, 1 + 254 * 4);
    buf_free(&b);
}

static void bytes_that_are_not_utf8_count_one_each(void **state)
{
    (void)state;
    struct pyspec spec = parse("5.3", PYSPEC_TEXT);
    struct buf b = {0};
    pyspec_text(&spec, STR("\xff\xc3\0zzz"), &b);
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.data, "\xff\xc3\0  ", 5);
    b.len = 0;
    pyspec_text(&spec, (struct str){NULL, 0}, &b);
    assert_str(buf_str(&b), "     ");
    buf_free(&b);
}

static void what_python_refuses_is_an_error(void **state)
{
    (void)state;
    const char *form = " is none of [[fill]align][0][width][.precision][d, f, s or x]";
    const char *of_text = "the type of a text can only be s";
    const char *of_integer = "the type of an integer can only be d, f or x";
    const char *of_float = "the type of this number, a float, can only be f";
    const struct {
        struct str spec;
        enum pyspec_kind kind;
        const char *quoted, *what;
    } cases[] = {
        {STR("d"), PYSPEC_TEXT, "", of_text},
        {STR("5x"), PYSPEC_TEXT, "", of_text},
        {STR(".2f"), PYSPEC_TEXT, "", of_text},
        {STR("s"), PYSPEC_INTEGER, "", of_integer},
        {STR("d"), PYSPEC_FLOAT, "", of_float},
        {STR("05d"), PYSPEC_FLOAT, "", of_float},
        {STR("s"), PYSPEC_FLOAT, "", of_float},
        {STR("x"), PYSPEC_FLOAT, "", of_float},
        {STR("=5"), PYSPEC_TEXT, "",
         "= aligns numbers only; a text can have <, > or ^"},
        {STR(".2d"), PYSPEC_INTEGER, "",
         "an integer has a precision only with the type f"},
        {STR(".2"), PYSPEC_INTEGER, "",
         "an integer has a precision only with the type f"},
        {STR(".f"), PYSPEC_FLOAT, "", "a number has to follow its point"},
        {STR("."), PYSPEC_TEXT, "", "a number has to follow its point"},
        {STR("256"), PYSPEC_TEXT, "", "its width is above 255"},
        {STR("99999999999999999999"), PYSPEC_TEXT, "", "its width is above 255"},
        {STR(".256f"), PYSPEC_FLOAT, "", "its precision is above 255"},
        {STR("+.1f"), PYSPEC_FLOAT, "\"+.1f\"", form},
        {STR("#x"), PYSPEC_INTEGER, "\"#x\"", form},
        {STR(",d"), PYSPEC_INTEGER, "\",d\"", form},
        {STR(".1e"), PYSPEC_FLOAT, "\"e\"", form},
        {STR(".1%"), PYSPEC_FLOAT, "\"%\"", form},
        {STR("ff"), PYSPEC_FLOAT, "\"ff\"", form},
        {STR("5 "), PYSPEC_FLOAT, "\" \"", form},
        {STR("\0"), PYSPEC_FLOAT, "\"\\x00\"", form},
        {STR("\xff"), PYSPEC_FLOAT, "\"\\xff\"", form},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct pyspec spec;
        struct buf error = {0}, expected = {0};
        assert_false(pyspec_parse(&spec, cases[i].kind, cases[i].spec, &error));
        buf_printf(&expected, "%s%s", cases[i].quoted, cases[i].what);
        assert_string_equal(buf_cstr(&error), buf_cstr(&expected));
        buf_free(&error);
        buf_free(&expected);
    }
}

static bool format_all(void)
{
    struct buf b = {0};
    struct pyspec spec;
    assert_true(pyspec_parse(&spec, PYSPEC_INTEGER, STR("*^200f"), &b));
    pyspec_integer(&spec, 1, &b);
    spec.type = 'x';
    pyspec_integer(&spec, -1, &b);
    bool failed = b.failed;
    buf_free(&b);
    return failed;
}

static void running_out_of_memory_sticks_to_the_buffer(void **state)
{
    (void)state;
    oom_sweep(format_all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_formatted_as_python_does),
        cmocka_unit_test(integers_are_formatted_as_python_does),
        cmocka_unit_test(floats_are_formatted_as_python_does),
        cmocka_unit_test(the_limits_are_reached),
        cmocka_unit_test(bytes_that_are_not_utf8_count_one_each),
        cmocka_unit_test(what_python_refuses_is_an_error),
        cmocka_unit_test(running_out_of_memory_sticks_to_the_buffer),
    };
    return cmocka_run_group_tests_name("pyspec", tests, NULL, NULL);
}
