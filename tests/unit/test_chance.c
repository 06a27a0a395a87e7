#include "support.h"

#include "base/chance.h"

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
        assert_true(chance_parse(str_from(cases[i].text), &billionths));
        assert_int_equal(billionths, cases[i].billionths);
    }
}

static void anything_else_is_none(void **state)
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
        assert_false(chance_parse(str_from(texts[i]), &billionths));
        assert_int_equal(billionths, 7);
    }
}

static int hits(uint64_t state, uint32_t billionths, int draws)
{
    int count = 0;
    for (int i = 0; i < draws; i++)
        count += chance_draw(&state, billionths);
    return count;
}

/* Fixed states: the same draws each time. The bounds are 5 standard deviations. */
static void so_many_draws_hit_as_the_ratio_says(void **state)
{
    (void)state;
    for (uint64_t start = 0; start < 20; start++) {
        assert_int_equal(hits(start, CHANCE_SURE, 10000), 10000);
        assert_in_range(hits(start, 500000000, 10000), 4750, 5250);
        assert_in_range(hits(start, 10000000, 100000), 843, 1157);
        assert_in_range(hits(start, 1, 100000), 0, 1);
    }
}

static void draws_do_not_depend_on_the_ones_before(void **state)
{
    (void)state;
    uint64_t draws = 1;
    int pairs[2][2] = {{0}};
    bool last = chance_draw(&draws, 500000000);
    for (int i = 0; i < 40000; i++) {
        bool next = chance_draw(&draws, 500000000);
        pairs[last][next]++;
        last = next;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(pairs[i / 2][i % 2], 9500, 10500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_above_0_and_at_most_1_are_ratios),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(so_many_draws_hit_as_the_ratio_says),
        cmocka_unit_test(draws_do_not_depend_on_the_ones_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
