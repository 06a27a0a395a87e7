#include "support.h"

#include "base/throttle.h"

#define SECOND 1000000000u

static void the_first_is_told_at_once(void **state)
{
    (void)state;
    struct throttle t = {0};
    assert_int_equal(throttle_pass(&t, 5), 1);
}

static void within_a_minute_the_rest_is_counted(void **state)
{
    (void)state;
    struct throttle t = {0};
    assert_int_equal(throttle_pass(&t, SECOND), 1);
    assert_int_equal(throttle_pass(&t, SECOND), 0);
    assert_int_equal(throttle_pass(&t, 60ull * SECOND), 0);
    assert_int_equal(throttle_pass(&t, 61ull * SECOND), 3);
    assert_int_equal(throttle_pass(&t, 62ull * SECOND), 0);
    assert_int_equal(throttle_pass(&t, 1000ull * SECOND), 2);
}

static void what_cannot_be_told_is_counted_for_later(void **state)
{
    (void)state;
    struct throttle t = {0};
    throttle_hold(&t);
    throttle_hold(&t);
    assert_int_equal(throttle_pass(&t, SECOND), 3);
}

/* Of two threads the one that read the clock first may come second. */
static void the_clock_of_a_slower_thread_tells_nothing(void **state)
{
    (void)state;
    struct throttle t = {0};
    assert_int_equal(throttle_pass(&t, 5ull * SECOND), 1);
    assert_int_equal(throttle_pass(&t, 5ull * SECOND - 1), 0);
    assert_int_equal(throttle_pass(&t, 65ull * SECOND), 2);
}

static void the_rest_is_told_at_the_end(void **state)
{
    (void)state;
    struct throttle t = {0};
    assert_int_equal(throttle_pass(&t, 1), 1);
    assert_int_equal(throttle_rest(&t), 0);
    assert_int_equal(throttle_pass(&t, 2), 0);
    throttle_hold(&t);
    assert_int_equal(throttle_rest(&t), 2);
    assert_int_equal(throttle_rest(&t), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_told_at_once),
        cmocka_unit_test(within_a_minute_the_rest_is_counted),
        cmocka_unit_test(what_cannot_be_told_is_counted_for_later),
        cmocka_unit_test(the_clock_of_a_slower_thread_tells_nothing),
        cmocka_unit_test(the_rest_is_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
