#include "support.h"

#include "base/vec.h"

#include <stdlib.h>

struct list {
    uint16_t *items;
    uint32_t count, cap;
};

static bool add(struct list *l, uint16_t item)
{
    if (!VEC_ROOM(l->items, l->count, l->cap, 4))
        return false;
    l->items[l->count++] = item;
    return true;
}

static void an_array_doubles_and_keeps_its_items(void **state)
{
    (void)state;
    struct list l = {0};
    for (uint16_t i = 0; i < 1000; i++) {
        assert_true(add(&l, i));
        if (i == 0 || i == 4 || i == 8)
            assert_int_equal(l.cap, i ? 2 * i : 4);
    }
    assert_int_equal(l.cap, 1024);
    for (uint16_t i = 0; i < 1000; i++)
        assert_int_equal(l.items[i], i);
    free(l.items);
}

static void room_that_is_there_is_not_made_again(void **state)
{
    (void)state;
    uint16_t some[3];
    struct list l = {.items = some, .count = 2, .cap = 3};
    assert_true(VEC_ROOM(l.items, l.count, l.cap, 4));
    assert_ptr_equal(l.items, some);
    assert_int_equal(l.cap, 3);
}

static bool grow_in_all_ways(void)
{
    struct list l = {0};
    bool ok = true;
    for (uint16_t i = 0; i < 10 && ok; i++) {
        struct list before = l;
        ok = add(&l, i);
        if (!ok)
            assert_memory_equal(&l, &before, sizeof l);
    }
    for (uint16_t i = 0; i < l.count; i++)
        assert_int_equal(l.items[i], i);
    uint16_t *items = l.items;
    ok = ok && VEC_RESIZE(l.items, 20);
    if (!ok)
        assert_ptr_equal(l.items, items);
    ok = ok && VEC_EXTEND(l.items, l.count, 40);
    for (uint16_t i = 0; ok && i < 40; i++)
        assert_int_equal(l.items[i], i < 10 ? i : 0);
    free(l.items);
    return !ok;
}

static void without_memory_all_is_as_it_was(void **state)
{
    (void)state;
    oom_sweep(grow_in_all_ways);
}

/* Sizes of which the product or the double wraps to a small one. */
static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    uint16_t some[4] = {7, 7, 7, 7}, *items = some;
    assert_false(VEC_RESIZE(items, SIZE_MAX / 2 + 2));
    assert_false(VEC_EXTEND(items, 4, SIZE_MAX / 2 + 2));
    const uint32_t caps[] = {UINT32_C(1) << 31, UINT32_C(3) << 30, UINT32_MAX};
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
        uint32_t cap = caps[i];
        assert_false(VEC_ROOM(items, cap, cap, 4));
        assert_int_equal(cap, caps[i]);
    }
    assert_ptr_equal(items, some);
    assert_int_equal(some[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_doubles_and_keeps_its_items),
        cmocka_unit_test(room_that_is_there_is_not_made_again),
        cmocka_unit_test(without_memory_all_is_as_it_was),
        cmocka_unit_test(sizes_that_overflow_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
