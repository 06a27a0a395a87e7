#include "support.h"

#include "base/digits.h"

static void digits_are_of_either_case(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    for (int c = 0; c < 256; c++) {
        const char *lower_at = c ? strchr(digits, c) : NULL;
        const char *upper_at = c ? strchr(upper, c) : NULL;
        unsigned expected = lower_at   ? (unsigned)(lower_at - digits)
                            : upper_at ? (unsigned)(upper_at - upper)
                                       : DIGIT_NONE;
        assert_int_equal(digits_value((char)c), expected);
    }
}

static void numbers_are_taken_off_the_front(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned base;
        uint64_t most;
        enum digits_result result;
        uint64_t number;
        const char *rest;
    } cases[] = {
        {"", 10, 9, DIGITS_NONE, 0, ""},
        {"a1", 10, 9, DIGITS_NONE, 0, "a1"},
        {"-1", 10, 9, DIGITS_NONE, 0, "-1"},
        {"+1", 10, 9, DIGITS_NONE, 0, "+1"},
        {" 1", 10, 9, DIGITS_NONE, 0, " 1"},
        {"0", 10, 0, DIGITS_OK, 0, ""},
        {"12 3", 10, 99, DIGITS_OK, 12, " 3"},
        {"0012x", 10, 12, DIGITS_OK, 12, "x"},
        {"13x", 10, 12, DIGITS_TOO_LARGE, UINT64_MAX, "x"},
        {"778", 8, 63, DIGITS_OK, 63, "8"},
        {"fFg", 16, 255, DIGITS_OK, 255, "g"},
        {"7fff0123456789ab", 16, UINT64_MAX, DIGITS_OK, 0x7fff0123456789ab, ""},
        {"18446744073709551615", 10, UINT64_MAX, DIGITS_OK, UINT64_MAX, ""},
        {"18446744073709551616", 10, UINT64_MAX, DIGITS_TOO_LARGE, UINT64_MAX, ""},
        {"18446744073709551620,", 10, UINT64_MAX, DIGITS_TOO_LARGE, UINT64_MAX, ","},
        {"36893488147419103233", 10, 9, DIGITS_TOO_LARGE, UINT64_MAX, ""},
        {"ffffffffffffffff", 16, UINT64_MAX, DIGITS_OK, UINT64_MAX, ""},
        {"10000000000000000", 16, UINT64_MAX, DIGITS_TOO_LARGE, UINT64_MAX, ""},
        {"100000000000000001", 16, UINT64_MAX, DIGITS_TOO_LARGE, UINT64_MAX, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str text = str_from(cases[i].text);
        size_t taken = text.len - strlen(cases[i].rest);
        uint64_t number = 7;
        assert_int_equal(digits_count(text, cases[i].base), taken);
        assert_int_equal(digits_take(&text, cases[i].base, cases[i].most, &number),
                         cases[i].result);
        assert_int_equal(number, cases[i].number);
        assert_str(text, cases[i].rest);

        bool whole = !*cases[i].rest;
        text = str_from(cases[i].text);
        assert_int_equal(digits_read(text, cases[i].base, cases[i].most, &number),
                         whole ? cases[i].result : DIGITS_NONE);
        assert_int_equal(number, whole ? cases[i].number : 0);
    }
}

static void no_text_has_no_digits(void **state)
{
    (void)state;
    uint64_t number = 7;
    assert_int_equal(digits_read((struct str){NULL, 0}, 10, 9, &number), DIGITS_NONE);
    assert_int_equal(number, 0);
}

static void two_digits_are_a_byte(void **state)
{
    (void)state;
    assert_int_equal(digits_byte("00"), 0);
    assert_int_equal(digits_byte("fF"), 255);
    assert_int_equal(digits_byte("2f"), 0x2f);
    assert_int_equal(digits_byte("g0"), -1);
    assert_int_equal(digits_byte("0g"), -1);
    assert_int_equal(digits_byte(" 1"), -1);
}

static void digits_are_written_up_to_an_end(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        int least;
        const char *text;
    } cases[] = {
        {0, 1, "0"},
        {0, 0, ""},
        {0, 3, "000"},
        {7, 3, "007"},
        {10, 1, "10"},
        {12345, 3, "12345"},
        {UINT64_MAX, 1, "18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[DIGITS_MAX], *end = text + sizeof text;
        char *start = digits_put(end, cases[i].value, cases[i].least);
        assert_str(((struct str){start, (size_t)(end - start)}), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_of_either_case),
        cmocka_unit_test(numbers_are_taken_off_the_front),
        cmocka_unit_test(no_text_has_no_digits),
        cmocka_unit_test(two_digits_are_a_byte),
        cmocka_unit_test(digits_are_written_up_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
