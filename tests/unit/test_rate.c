#include "support.h"

#include "base/rate.h"

#include <pthread.h>

#define SECOND 1000000000u
#define MINUTE UINT64_C(60000000000)

static void due_once_an_interval(void **state)
{
    (void)state;
    word64 done = 0;
    assert_true(rate_due(&done, 5, SECOND));
    assert_false(rate_due(&done, 5, SECOND));
    assert_false(rate_due(&done, 4ull + SECOND, SECOND));
    assert_true(rate_due(&done, 5ull + SECOND, SECOND));
    assert_false(rate_due(&done, 6ull + SECOND, SECOND));
    assert_int_equal(done, 5ull + SECOND);
}

/* The thread that reads the clock first may call second. */
static void an_older_reading_of_the_clock_is_not_due(void **state)
{
    (void)state;
    word64 done = 5ull * SECOND;
    assert_false(rate_due(&done, 5ull * SECOND - 1, SECOND));
    assert_false(rate_due(&done, 1, SECOND));
    assert_int_equal(done, 5ull * SECOND);
}

#define THREADS 4
#define INTERVALS 20000

static void *come_often(void *done)
{
    uintptr_t times = 0;
    for (uint64_t now = 10; now < 10 * INTERVALS; now++)
        times += rate_due(done, now, 10);
    return (void *)times;
}

static uintptr_t sum_of_threads(void *(*run)(void *), void *argument)
{
    uintptr_t sum = 0;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, argument), 0);
    for (int i = 0; i < THREADS; i++) {
        void *times;
        assert_int_equal(pthread_join(threads[i], &times), 0);
        sum += (uintptr_t)times;
    }
    return sum;
}

/* The first thread does it. A thread that is behind is too early. */
static void threads_do_it_once_an_interval_together(void **state)
{
    (void)state;
    word64 done = 0;
    assert_in_range(sum_of_threads(come_often, &done), 1, INTERVALS - 1);
}

static void the_first_is_told_at_once(void **state)
{
    (void)state;
    struct rate_log t = {0};
    assert_int_equal(rate_log_pass(&t, 5), 1);
}

static void within_a_minute_the_rest_is_counted(void **state)
{
    (void)state;
    struct rate_log t = {0};
    assert_int_equal(rate_log_pass(&t, SECOND), 1);
    assert_int_equal(rate_log_pass(&t, SECOND), 0);
    assert_int_equal(rate_log_pass(&t, 60ull * SECOND), 0);
    assert_int_equal(rate_log_pass(&t, 61ull * SECOND), 3);
    assert_int_equal(rate_log_pass(&t, 62ull * SECOND), 0);
    assert_int_equal(rate_log_pass(&t, 1000ull * SECOND), 2);
}

static void what_cannot_be_told_is_counted_for_later(void **state)
{
    (void)state;
    struct rate_log t = {0};
    rate_log_hold(&t);
    rate_log_hold(&t);
    assert_int_equal(rate_log_pass(&t, SECOND), 3);
}

/* The thread that reads the clock first may call second. */
static void the_clock_of_a_slower_thread_tells_nothing(void **state)
{
    (void)state;
    struct rate_log t = {0};
    assert_int_equal(rate_log_pass(&t, 5ull * SECOND), 1);
    assert_int_equal(rate_log_pass(&t, 5ull * SECOND - 1), 0);
    assert_int_equal(rate_log_pass(&t, 65ull * SECOND), 2);
}

static void the_rest_is_told_at_the_end(void **state)
{
    (void)state;
    struct rate_log t = {0};
    assert_int_equal(rate_log_pass(&t, 1), 1);
    assert_int_equal(rate_log_rest(&t), 0);
    assert_int_equal(rate_log_pass(&t, 2), 0);
    rate_log_hold(&t);
    assert_int_equal(rate_log_rest(&t), 2);
    assert_int_equal(rate_log_rest(&t), 0);
}

static void so_many_can_be_taken_each_minute(void **state)
{
    (void)state;
    word64 word = 0;
    for (uint64_t minute = 0; minute < 3; minute++)
        for (int i = 0; i < 5; i++)
            assert_int_equal(
                rate_take_of_minute(&word, minute * MINUTE + (uint64_t)i, 3), i < 3);
    assert_int_equal(rate_taken_of_minute(&word, 3 * MINUTE - 1), 3);
    assert_int_equal(rate_taken_of_minute(&word, 3 * MINUTE), 0);
    assert_false(rate_take_of_minute(&word, 3 * MINUTE - 1, 3));
    assert_true(rate_take_of_minute(&word, 3 * MINUTE, 3));
}

static void a_clock_that_jumps_locks_nobody_out(void **state)
{
    (void)state;
    word64 word = 0;
    assert_true(rate_take_of_minute(&word, 1000 * MINUTE, 1));
    assert_true(rate_take_of_minute(&word, 10 * MINUTE, 1));
    assert_false(rate_take_of_minute(&word, 10 * MINUTE, 1));
    assert_true(rate_take_of_minute(&word, 11 * MINUTE, 1));
    word = UINT64_MAX;
    assert_true(rate_take_of_minute(&word, 12 * MINUTE, 1));
    assert_true(rate_take_of_minute(&word, UINT64_MAX, 1));
}

#define TRIES 50000
#define MOST 100000

static void *take_many(void *word)
{
    uintptr_t taken = 0;
    for (int i = 0; i < TRIES; i++)
        taken += rate_take_of_minute(word, 5 * MINUTE, MOST);
    return (void *)taken;
}

static void threads_take_together_what_there_is(void **state)
{
    (void)state;
    word64 word = 0;
    assert_int_equal(sum_of_threads(take_many, &word), MOST);
}

static int hits(word64 state, uint32_t billionths, int draws)
{
    int count = 0;
    for (int i = 0; i < draws; i++)
        count += rate_draw(&state, billionths);
    return count;
}

/* Fixed states give the same draws each time. The bounds are 5 standard deviations. */
static void so_many_draws_hit_as_the_ratio_says(void **state)
{
    (void)state;
    for (uint64_t start = 0; start < 20; start++) {
        assert_int_equal(hits(start, RATE_ALWAYS, 10000), 10000);
        assert_in_range(hits(start, 500000000, 10000), 4750, 5250);
        assert_in_range(hits(start, 10000000, 100000), 843, 1157);
        assert_in_range(hits(start, 1, 100000), 0, 1);
    }
}

static void draws_do_not_depend_on_the_ones_before(void **state)
{
    (void)state;
    word64 draws = 1;
    int pairs[2][2] = {{0}};
    bool last = rate_draw(&draws, 500000000);
    for (int i = 0; i < 40000; i++) {
        bool next = rate_draw(&draws, 500000000);
        pairs[last][next]++;
        last = next;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(pairs[i / 2][i % 2], 9500, 10500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_once_an_interval),
        cmocka_unit_test(an_older_reading_of_the_clock_is_not_due),
        cmocka_unit_test(threads_do_it_once_an_interval_together),
        cmocka_unit_test(the_first_is_told_at_once),
        cmocka_unit_test(within_a_minute_the_rest_is_counted),
        cmocka_unit_test(what_cannot_be_told_is_counted_for_later),
        cmocka_unit_test(the_clock_of_a_slower_thread_tells_nothing),
        cmocka_unit_test(the_rest_is_told_at_the_end),
        cmocka_unit_test(so_many_can_be_taken_each_minute),
        cmocka_unit_test(a_clock_that_jumps_locks_nobody_out),
        cmocka_unit_test(threads_take_together_what_there_is),
        cmocka_unit_test(so_many_draws_hit_as_the_ratio_says),
        cmocka_unit_test(draws_do_not_depend_on_the_ones_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
