#include "support.h"

#include "../../plugin/core/clock.h"

static void spin(uint64_t ns)
{
    uint64_t start = clock_ns(CLOCK_MONOTONIC);
    while (clock_ns(CLOCK_MONOTONIC) - start < ns)
        ;
}

static void ticks_measure_the_same_time_as_the_kernels_clock(void **state)
{
    (void)state;
    bool counter = clock_counter_usable();
    struct clock_pair start = clock_read(counter);
    spin(20000000);
    struct clock_pair end = clock_read(counter);
    double tick_ns = clock_tick_ns(counter, start, end);
    double measured = (double)(end.ticks - start.ticks) * tick_ns;
    double kernel = (double)(end.ns - start.ns);
    assert_true(measured > 0.999 * kernel && measured < 1.001 * kernel);
}

static void without_a_counter_a_tick_is_a_nanosecond(void **state)
{
    (void)state;
    struct clock_pair start = clock_read(false), end = clock_read(false);
    assert_true(end.ticks >= start.ticks);
    assert_true(end.ticks - start.ticks < 1000000000u);
    assert_true(clock_tick_ns(false, start, end) == 1.0);
}

static void a_counter_that_stood_still_or_went_back_is_no_division_by_zero(void **state)
{
    (void)state;
    struct clock_pair start = {.ticks = 500, .ns = 100},
                      end = {.ticks = 400, .ns = 200};
    assert_true(clock_tick_ns(true, start, end) == 1.0);
    assert_true(clock_tick_ns(true, start, start) == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_measure_the_same_time_as_the_kernels_clock),
        cmocka_unit_test(without_a_counter_a_tick_is_a_nanosecond),
        cmocka_unit_test(
            a_counter_that_stood_still_or_went_back_is_no_division_by_zero),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
