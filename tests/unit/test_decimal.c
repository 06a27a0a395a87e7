#include "support.h"

#include "report/common/decimal.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>

/* Python's own dtoa and glibc's printf both round the exact binary value, ties to even.
 */
static void check(double value, int width)
{
    char expected[512];
    snprintf(expected, sizeof expected, "%*.3f", width, value);
    struct buf b = {0};
    decimal_add(&b, value, (size_t)width);
    if (!str_equal(buf_str(&b), str_from(expected)))
        fail_msg("%a: expected \"%s\", got \"%s\"", value, expected, buf_cstr(&b));
    buf_free(&b);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state ^ *state >> 29;
}

static void ties_are_rounded_to_even(void **state)
{
    (void)state;
    for (int i = 0; i < 4096; i++) {
        check(i / 16.0, 8);
        check(i / 2048.0, 8);
        check(i / 1048576.0, 8);
        check(i * 0.0005, 8);
        check(nextafter(i / 16.0, 0), 8);
        check(nextafter(i / 16.0, 1e9), 8);
    }
}

static void any_double_reads_as_printf_writes_it(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = next_random(&seed);
        double any;
        memcpy(&any, &bits, sizeof any);
        if (isfinite(any)) /* printf writes "-nan" too, Python never does */
            check(any, 8);
        check((double)(bits >> 11) / (double)(1u << bits % 31), 0);
        check((double)(bits % 100000000) / 1e9, 8);
    }
}

static void edges_of_the_exact_range_are_right(void **state)
{
    (void)state;
    const double edges[] = {0,       -0.0,
                            0.0005,  0.00049999999999999999,
                            0.9995,  999.9995,
                            0x1p52,  0x1p53 - 1,
                            0x1p53,  0x1p63,
                            0x1p64,  1e308,
                            5e-324,  2.2250738585072014e-308,
                            -1.5,    -1e300,
                            0x1p-11, 0x1p-12};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        check(edges[i], 8);
        check(nextafter(edges[i], 0), 8);
        check(nextafter(edges[i], INFINITY), 8);
    }
    struct buf b = {0};
    decimal_add(&b, INFINITY, 5);
    decimal_add(&b, -INFINITY, 5);
    decimal_add(&b, NAN, 5);
    assert_buf(&b, "  inf -inf  nan");
}

static void integers_are_right_justified(void **state)
{
    (void)state;
    struct buf b = {0};
    decimal_add_integer(&b, 0, 3);
    decimal_add_integer(&b, 12345, 3);
    decimal_add_integer(&b, UINT64_MAX, 21);
    assert_buf(&b, "  012345 18446744073709551615");
}

static void decimals_are_the_last_digits(void **state)
{
    (void)state;
    struct buf b = {0};
    decimal_add_point(&b, 12345, 1, 8);
    decimal_add_point(&b, 5, 2, 8);
    decimal_add_point(&b, 0, 0, 3);
    decimal_add_point(&b, UINT64_MAX, 2, 3);
    assert_buf(&b, "  1234.5    0.05  0184467440737095516.15");
}

static void thousands_are_grouped(void **state)
{
    (void)state;
    struct buf b = {0};
    const uint64_t values[] = {0, 999, 1000, 16384, 1000001, UINT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        decimal_add_grouped(&b, values[i]);
        buf_add_char(&b, ' ');
    }
    assert_buf(&b, "0 999 1,000 16,384 1,000,001 18,446,744,073,709,551,615 ");
}

static void nanoseconds_are_rounded_to_microseconds(void **state)
{
    (void)state;
    struct buf b = {0};
    const uint64_t ns[] = {0, 499, 500, 12345678, 999999500, UINT64_MAX};
    for (size_t i = 0; i < sizeof ns / sizeof *ns; i++) {
        decimal_add_ms(&b, ns[i]);
        buf_add_char(&b, ' ');
    }
    assert_buf(&b, "0.000 0.000 0.001 12.346 1000.000 18446744073709.552 ");
}

static void nanoseconds_are_seconds_with_nine_decimals(void **state)
{
    (void)state;
    struct buf b = {0};
    const uint64_t ns[] = {0, 1, 999999999, 1000000000, 60000000001, UINT64_MAX};
    for (size_t i = 0; i < sizeof ns / sizeof *ns; i++) {
        decimal_add_seconds(&b, ns[i]);
        buf_add_char(&b, ' ');
    }
    assert_buf(&b, "0.000000000 0.000000001 0.999999999 1.000000000 60.000000001 "
                   "18446744073.709551615 ");
}

/* The app may call setlocale(LC_ALL, "de_DE.UTF-8"). */
static void the_locale_does_not_change_the_decimal_point(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        skip_because("no locale de_DE.UTF-8");
    struct buf b = {0};
    decimal_add(&b, 1.5, 0);
    decimal_add(&b, -2.5, 0);
    decimal_add(&b, 0x1p60, 0);
    decimal_add_seconds(&b, 5);
    setlocale(LC_NUMERIC, "C");
    assert_buf(&b, "1.500-2.5001152921504606846976.0000.000000005");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_are_rounded_to_even),
        cmocka_unit_test(any_double_reads_as_printf_writes_it),
        cmocka_unit_test(edges_of_the_exact_range_are_right),
        cmocka_unit_test(integers_are_right_justified),
        cmocka_unit_test(decimals_are_the_last_digits),
        cmocka_unit_test(thousands_are_grouped),
        cmocka_unit_test(nanoseconds_are_rounded_to_microseconds),
        cmocka_unit_test(nanoseconds_are_seconds_with_nine_decimals),
        cmocka_unit_test(the_locale_does_not_change_the_decimal_point),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
