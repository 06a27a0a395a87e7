#include "support.h"

#include "base/minute.h"

#include <pthread.h>

#define MINUTE UINT64_C(60000000000)

static void so_many_can_be_taken_each_minute(void **state)
{
    (void)state;
    uint64_t word = 0;
    for (uint64_t minute = 0; minute < 3; minute++)
        for (int i = 0; i < 5; i++)
            assert_int_equal(minute_take(&word, minute * MINUTE + (uint64_t)i, 3),
                             i < 3);
    assert_false(minute_take(&word, 3 * MINUTE - 1, 3));
    assert_true(minute_take(&word, 3 * MINUTE, 3));
}

static void a_clock_that_jumps_locks_nobody_out(void **state)
{
    (void)state;
    uint64_t word = 0;
    assert_true(minute_take(&word, 1000 * MINUTE, 1));
    assert_true(minute_take(&word, 10 * MINUTE, 1));
    assert_false(minute_take(&word, 10 * MINUTE, 1));
    assert_true(minute_take(&word, 11 * MINUTE, 1));
    word = UINT64_MAX;
    assert_true(minute_take(&word, 12 * MINUTE, 1));
    assert_true(minute_take(&word, UINT64_MAX, 1));
}

#define THREADS 4
#define TRIES 50000
#define MOST 100000

static void *take_many(void *word)
{
    uintptr_t taken = 0;
    for (int i = 0; i < TRIES; i++)
        taken += minute_take(word, 5 * MINUTE, MOST);
    return (void *)taken;
}

static void threads_take_together_what_there_is(void **state)
{
    (void)state;
    uint64_t word = 0;
    uintptr_t sum = 0;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_many, &word), 0);
    for (int i = 0; i < THREADS; i++) {
        void *taken;
        assert_int_equal(pthread_join(threads[i], &taken), 0);
        sum += (uintptr_t)taken;
    }
    assert_int_equal(sum, MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_can_be_taken_each_minute),
        cmocka_unit_test(a_clock_that_jumps_locks_nobody_out),
        cmocka_unit_test(threads_take_together_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
