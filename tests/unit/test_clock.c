#include "support.h"

#include "system/clock.h"

#include <sys/syscall.h>
#include <unistd.h>

/* readings of the clock until the thread is switched out after one */
static int until_stall;

/* Replaces the C library's function. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
    long status = syscall(SYS_clock_gettime, clock, t);
    if (until_stall > 0 && --until_stall == 0)
        usleep(50000);
    return (int)status;
}

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

static void a_reading_that_is_interrupted_is_not_what_is_taken(void **state)
{
    (void)state;
    if (!clock_counter_usable())
        skip();
    for (int at = 1; at <= 3; at++) {
        struct clock_pair first = clock_read(true);
        spin(50000000);
        struct clock_pair second = clock_read(true);
        until_stall = at;
        struct clock_pair third = clock_read(true);
        assert_int_equal(until_stall, 0);
        double tick_ns = clock_tick_ns(true, first, second);
        double off_ns = (double)(third.ticks - second.ticks) * tick_ns -
                        (double)(third.ns - second.ns);
        assert_true(off_ns > -1e6 && off_ns < 1e6);
    }
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
        cmocka_unit_test(a_reading_that_is_interrupted_is_not_what_is_taken),
        cmocka_unit_test(without_a_counter_a_tick_is_a_nanosecond),
        cmocka_unit_test(
            a_counter_that_stood_still_or_went_back_is_no_division_by_zero),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
