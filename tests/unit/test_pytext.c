#include "support.h"

#include "base/pytext.h"

#include <float.h>
#include <locale.h>
#include <math.h>

static void text_is_written_as_python_writes_it(void **state)
{
    (void)state;
    const struct {
        struct str bytes;
        const char *repr;
    } cases[] = {
        {{NULL, 0}, "''"},
        {STR("/search"), "'/search'"},
        {STR("it's"), "\"it's\""},
        {STR("say \"a\""), "'say \"a\"'"},
        {STR("it's \"a\""), "'it\\'s \"a\"'"},
        {STR("a\\d"), "'a\\\\d'"},
        {STR("\t\n\r\0\x1f\x7f"), "'\\t\\n\\r\\x00\\x1f\\x7f'"},
        {STR("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
         "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'"},
        {STR("\xc2\x80\xc2\xa0\xc2\xad"), "'\\x80\\xa0\\xad'"},
        {STR("\xe2\x80\x8b\xe2\x80\xae\xe3\x80\x80"), "'\\u200b\\u202e\\u3000'"},
        {STR("\xee\x80\x80\xef\xbf\xbf"), "'\\ue000\\uffff'"},
        {STR("\xf3\xa0\x80\x81\xf4\x8f\xbf\xbf"), "'\\U000e0001\\U0010ffff'"},
        {STR("\xf3\xa0\x84\x80"), "'\xf3\xa0\x84\x80'"}, /* U+E0100, a selector */
        {STR("\xff\x80(\xc3"), "'\\xff\\x80(\\xc3'"},
        {STR("\xed\xa0\x80"), "'\\xed\\xa0\\x80'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        pytext_repr(&b, cases[i].bytes);
        assert_buf(&b, cases[i].repr);
    }
}

static void floats_are_the_shortest_text_that_reads_back(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *repr;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {0.10, "0.1"},
        {1.0, "1.0"},
        {-12.5, "-12.5"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3.0, "0.3333333333333333"},
        {1e-4, "0.0001"},
        {1e-5, "1e-05"},
        {1.25e-7, "1.25e-07"},
        {1e15, "1000000000000000.0"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e16, "1e+16"},
        {1e22, "1e+22"},
        {1e100, "1e+100"},
        {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {(double)INFINITY, "inf"},
        {-(double)INFINITY, "-inf"},
        {(double)NAN, "nan"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        pytext_float(&b, cases[i].value);
        assert_buf(&b, cases[i].repr);
    }
}

static void floats_of_a_precision_are_as_python_formats_them(void **state)
{
    (void)state;
    const struct {
        double value;
        unsigned precision;
        const char *fixed, *general;
    } cases[] = {
        {0.0, 0, "0", "0e+00"},
        {0.0, 2, "0.00", "0.0"},
        {2.5, 0, "2", "2e+00"},
        {1234.5, 3, "1234.500", "1.23e+03"},
        {1234.5, 5, "1234.50000", "1234.5"},
        {12.0, 3, "12.000", "12.0"},
        {-0.00001, 2, "-0.00", "-1e-05"},
        {0.125, 2, "0.12", "0.12"},
        {(double)NAN, 2, "nan", "nan"},
        {-(double)INFINITY, 2, "-inf", "-inf"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        pytext_fixed(&b, cases[i].value, cases[i].precision);
        assert_buf(&b, cases[i].fixed);
        pytext_general(&b, cases[i].value, cases[i].precision);
        assert_buf(&b, cases[i].general);
    }
}

static void the_largest_numbers_fit(void **state)
{
    (void)state;
    struct buf b = {0};
    pytext_fixed(&b, -DBL_MAX, UINT32_MAX);
    assert_int_equal(b.len, 1 + 309 + 1 + PYTEXT_PRECISION_MAX);
    b.len = 0;
    pytext_general(&b, DBL_MIN, UINT32_MAX);
    assert_int_equal(b.len, PYTEXT_PRECISION_MAX + 1 + strlen("e-308"));
    buf_free(&b);
}

static void the_locale_does_not_change_a_float(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                        "nl_NL.UTF-8", "ps_AF.UTF-8"};
    const char *set = NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !set; i++)
        set = setlocale(LC_NUMERIC, names[i]);
    if (!set)
        skip_because("no locale with a decimal comma");
    struct buf b = {0};
    pytext_float(&b, 0.25);
    buf_add_char(&b, ' ');
    pytext_fixed(&b, 1.5, 3);
    buf_add_char(&b, ' ');
    pytext_general(&b, 1.5, 3);
    setlocale(LC_NUMERIC, "C");
    assert_buf(&b, "0.25 1.500 1.5");
}

static bool write_all(void)
{
    struct buf b = {0};
    pytext_repr(&b, STR("it's \xff\x01\xe2\x80\xae"));
    pytext_float(&b, 1e300);
    pytext_fixed(&b, 1e300, 20);
    pytext_general(&b, 0.001, 20);
    bool failed = b.failed;
    buf_free(&b);
    return failed;
}

static void running_out_of_memory_sticks_to_the_buffer(void **state)
{
    (void)state;
    oom_sweep(write_all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_written_as_python_writes_it),
        cmocka_unit_test(floats_are_the_shortest_text_that_reads_back),
        cmocka_unit_test(floats_of_a_precision_are_as_python_formats_them),
        cmocka_unit_test(the_largest_numbers_fit),
        cmocka_unit_test(the_locale_does_not_change_a_float),
        cmocka_unit_test(running_out_of_memory_sticks_to_the_buffer),
    };
    return cmocka_run_group_tests_name("pytext", tests, NULL, NULL);
}
