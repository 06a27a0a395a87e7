#include "support.h"

#include "gate/places.h"

#include <pthread.h>
#include <stdlib.h>

static struct places make(size_t count)
{
    struct places p;
    assert_true(places_init(&p, count));
    return p;
}

static void there_are_as_many_as_were_made(void **state)
{
    (void)state;
    struct places p = make(2);
    struct held_place a, b, c;
    assert_true(places_take(&p, 1, &a));
    assert_true(places_take(&p, 1, &b));
    assert_false(places_take(&p, UINT64_MAX - 1, &c));
    place_leave(&a);
    assert_true(places_take(&p, 1, &c));
    assert_false(places_take(&p, 1, &a));
    free(p.until_ns);
}

static void a_place_is_free_when_its_time_is_over(void **state)
{
    (void)state;
    struct places p = make(1);
    struct held_place old, new;
    assert_true(places_take(&p, 5, &old));
    place_limit(&old, 100);
    assert_false(places_take(&p, 99, &new));
    assert_true(places_take(&p, 100, &new));
    free(p.until_ns);
}

static void one_that_is_given_back_late_stays_with_who_has_it(void **state)
{
    (void)state;
    struct places p = make(1);
    struct held_place old, new, other;
    assert_true(places_take(&p, 5, &old));
    place_limit(&old, 100);
    assert_true(places_take(&p, 100, &new));
    place_leave(&old);
    assert_false(places_take(&p, 150, &other));
    place_limit(&new, 200);
    place_leave(&old); /* a second call does nothing */
    assert_false(places_take(&p, 150, &other));
    place_leave(&new);
    assert_true(places_take(&p, 150, &other));
    free(p.until_ns);
}

static bool make_and_take(void)
{
    struct places p;
    struct held_place place = {0};
    bool made = places_init(&p, 3);
    assert_true(places_take(&p, 1, &place) == made);
    place_leave(&place);
    free(p.until_ns);
    return !made;
}

static void without_memory_there_is_none(void **state)
{
    (void)state;
    oom_sweep(make_and_take);
}

#define THREADS 4
#define PLACES 3
#define TURNS 20000

struct busy {
    struct places places;
    int inside, most;
};

static void *come_and_go(void *argument)
{
    struct busy *b = argument;
    for (int turn = 0; turn < TURNS; turn++) {
        struct held_place place;
        if (!places_take(&b->places, 1, &place))
            continue;
        int inside = __atomic_add_fetch(&b->inside, 1, __ATOMIC_SEQ_CST);
        if (inside > PLACES)
            __atomic_store_n(&b->most, inside, __ATOMIC_SEQ_CST);
        if (turn % 2)
            place_limit(&place, 1000 + (uint64_t)turn);
        __atomic_sub_fetch(&b->inside, 1, __ATOMIC_SEQ_CST);
        place_leave(&place);
    }
    return NULL;
}

static void threads_never_have_more_than_there_are(void **state)
{
    (void)state;
    struct busy b = {.places = make(PLACES)};
    pthread_t threads[THREADS];
    struct held_place place;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, &b), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(b.most, 0);
    for (int i = 0; i < PLACES; i++)
        assert_true(places_take(&b.places, 1, &place));
    free(b.places.until_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_as_many_as_were_made),
        cmocka_unit_test(a_place_is_free_when_its_time_is_over),
        cmocka_unit_test(one_that_is_given_back_late_stays_with_who_has_it),
        cmocka_unit_test(without_memory_there_is_none),
        cmocka_unit_test(threads_never_have_more_than_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
