#include "support.h"

#include "system/clock.h"
#include "system/futex.h"

#include <pthread.h>

/* Also with tv_sec 0: an older call with 32-bit times would read its two halves as a
 * whole time. */
static void a_wait_lasts_until_its_time_is_over(void **state)
{
    (void)state;
    static const struct timespec times[] = {{0, 20000000}, {1, 0}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        uint64_t wanted =
            (uint64_t)times[i].tv_sec * 1000000000u + (uint64_t)times[i].tv_nsec;
        uint64_t began = clock_ns(CLOCK_MONOTONIC);
        uint32_t word = 7;
        /* a signal could end the wait, but nobody sends one here */
        futex_wait(&word, 7, &times[i]);
        assert_true(clock_ns(CLOCK_MONOTONIC) - began >= wanted);
    }
}

static void a_word_of_another_value_is_not_waited_for(void **state)
{
    (void)state;
    uint32_t word = 7;
    futex_wait(&word, 8, NULL);
}

static void *change(void *word)
{
    __atomic_store_n((uint32_t *)word, 8, __ATOMIC_RELEASE);
    futex_wake(word);
    return NULL;
}

static void who_waits_without_end_is_woken(void **state)
{
    (void)state;
    pthread_t other;
    uint32_t word = 7;
    assert_int_equal(pthread_create(&other, NULL, change, &word), 0);
    while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == 7)
        futex_wait(&word, 7, NULL);
    pthread_join(other, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_lasts_until_its_time_is_over),
        cmocka_unit_test(a_word_of_another_value_is_not_waited_for),
        cmocka_unit_test(who_waits_without_end_is_woken),
    };
    return cmocka_run_group_tests_name("futex", tests, NULL, NULL);
}
