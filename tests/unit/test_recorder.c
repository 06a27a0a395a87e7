/* The recorder, with the call tree, the overflow and the statistics that it fills. */

#include "support.h"

#include "profile/profile.h"
#include "profile/recorder.h"
#include "profile/stats.h"

#include <stdlib.h>

enum { A, B, C, D, E, F, FUNCS };

static const char keys[FUNCS]; /* only their addresses are used */

static void call(struct recorder *r, int func, uint64_t now)
{
    if (recorder_enter(r, &keys[func], now))
        return;
    uint32_t id = recorder_known(r, &keys[func]);
    if (id == FUNCTAB_NONE) {
        char name[2] = {(char)('a' + func), '\0'};
        id = recorder_learn(r, &keys[func], STR("app.py"), func + 1, str_from(name));
    }
    recorder_enter_func(r, &keys[func], id, now);
}

static void leave(struct recorder *r, uint64_t now)
{
    if (!recorder_leave_node(r, now))
        recorder_leave(r, now);
}

static struct profile *finish(struct recorder *r, uint64_t now)
{
    struct profile *p = calloc(1, sizeof *p);
    if (p)
        recorder_finish(r, p, 1.0, now);
    else
        recorder_free(r);
    return p;
}

static const struct func_stats *stats_of(const struct stats *s, const struct profile *p,
                                         char name)
{
    for (uint32_t i = 0; i < s->func_count; i++)
        if (str_equal(functab_name(&p->functab, s->funcs[i].func),
                      (struct str){&name, 1}))
            return &s->funcs[i];
    return NULL;
}

#define NS(seconds) ((int64_t)((seconds)*1e9 + 0.5))

static void time_goes_to_the_function_that_ran(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 100, 1000));
    call(&r, A, 1010);
    call(&r, B, 1030);
    leave(&r, 1060);
    leave(&r, 1100);
    struct profile *p = finish(&r, 1107);

    assert_int_equal(p->tree.nodes[CALLTREE_ROOT].self, 10 + 7);
    struct stats s;
    assert_true(stats_compute(&s, p));
    assert_int_equal(s.calls, 2);
    assert_int_equal(NS(stats_of(&s, p, 'a')->self_s), 60);
    assert_int_equal(NS(stats_of(&s, p, 'a')->cumulative_s), 90);
    assert_int_equal(NS(stats_of(&s, p, 'b')->self_s), 30);
    assert_int_equal(stats_of(&s, p, 'a')->caller_count, 0);
    assert_int_equal(stats_of(&s, p, 'b')->caller_count, 1);
    stats_free(&s);
    profile_destroy(p);
}

static void recursion_counts_time_once_and_primitive_calls_apart(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 100, 0));
    call(&r, A, 0); /* a -> b -> a -> b */
    call(&r, B, 10);
    call(&r, A, 20);
    call(&r, B, 30);
    for (uint64_t now = 40; now <= 70; now += 10)
        leave(&r, now);
    struct profile *p = finish(&r, 70);
    struct stats s;
    assert_true(stats_compute(&s, p));

    const struct func_stats *a = stats_of(&s, p, 'a'), *b = stats_of(&s, p, 'b');
    assert_int_equal(a->calls, 2);
    assert_int_equal(a->primitive, 1);
    assert_int_equal(NS(a->cumulative_s), 70);
    assert_int_equal(NS(a->self_s), 10 + 10 + 10 + 10);
    assert_int_equal(NS(b->cumulative_s), 50);
    const struct caller_stats *b_from_a = &s.callers[b->first_caller];
    assert_int_equal(b_from_a->calls, 2);
    assert_int_equal(b_from_a->primitive, 1);
    assert_int_equal(NS(b_from_a->cumulative_s), 50);
    stats_free(&s);
    profile_destroy(p);
}

static void returns_from_before_the_start_are_ignored(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 100, 0));
    leave(&r, 5);
    leave(&r, 9);
    call(&r, A, 10);
    leave(&r, 30);
    struct profile *p = finish(&r, 30);
    assert_int_equal(p->tree.count, 2);
    assert_int_equal(p->tree.nodes[1].self, 20);
    profile_destroy(p);
}

static void a_clock_that_steps_back_costs_one_interval(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 100, 1000));
    call(&r, A, 1000);
    leave(&r, 400);
    call(&r, A, 410);
    leave(&r, 440);
    struct profile *p = finish(&r, 440);
    assert_int_equal(p->tree.nodes[1].self, 30);
    assert_int_equal(p->tree.nodes[CALLTREE_ROOT].self, 10);
    profile_destroy(p);
}

static void the_profilers_own_time_goes_to_the_request(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 2, 0)); /* the request and one more */
    call(&r, A, 0);
    recorder_charge_request(&r, 7);
    call(&r, B, 10); /* below the full tree */
    recorder_charge_request(&r, 14);
    leave(&r, 20);
    leave(&r, 20);
    struct profile *p = finish(&r, 20);
    assert_int_equal(p->tree.nodes[CALLTREE_ROOT].self, 7);
    assert_int_equal(p->tree.nodes[1].self, 13);
    struct stats s;
    assert_true(stats_compute(&s, p));
    assert_int_equal(NS(stats_of(&s, p, 'a')->self_s), 3);
    assert_int_equal(NS(stats_of(&s, p, 'b')->self_s), 10);
    stats_free(&s);
    profile_destroy(p);
}

static void same_named_code_is_one_function(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 100, 0));
    for (int i = 0; i < 2; i++) {
        uint32_t id = recorder_learn(&r, &keys[i], STR("app.py"), 7, STR("<lambda>"));
        assert_int_equal(id, 0);
        assert_false(recorder_enter(&r, &keys[i], 10));
        recorder_enter_func(&r, &keys[i], id, 10);
        leave(&r, 10);
    }
    struct profile *p = finish(&r, 10);
    assert_int_equal(p->functab.count, 1);
    assert_int_equal(p->tree.nodes[1].calls, 2);
    profile_destroy(p);
}

/* Calls that alternate between two keys of one function, and calls of many functions:
 * the table of keys grows several times. */
static void children_are_found_by_key(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    static const char many[MANY];
    struct recorder r;
    assert_true(recorder_init(&r, MANY + 1, 0));
    uint32_t same = recorder_learn(&r, &keys[A], STR("a.py"), 1, STR("f"));
    assert_int_equal(recorder_learn(&r, &keys[B], STR("a.py"), 1, STR("f")), same);
    for (int i = 0; i < 100; i++) {
        assert_false(recorder_enter(&r, &keys[i % 2], 1));
        recorder_enter_func(&r, &keys[i % 2], same, 1);
        leave(&r, 1);
    }
    assert_true(recorder_enter(&r, &keys[B], 1)); /* the last key */
    leave(&r, 1);
    assert_int_equal(r.children.count, 2);
    for (int i = 0; i < 2 * (MANY - 1); i++) {
        const char *key = &many[i % (MANY - 1)];
        assert_int_equal(recorder_enter(&r, key, 2), i >= MANY - 1);
        if (i < MANY - 1)
            recorder_enter_func(&r, key,
                                recorder_learn(&r, key, STR("b.py"), i, STR("g")), 2);
        leave(&r, 2);
    }
    assert_true(r.children.count * 4 <= r.children.mask + 1);
    struct profile *p = finish(&r, 2);
    assert_int_equal(p->tree.count, MANY + 1);
    assert_int_equal(p->tree.nodes[1].calls, 101);
    for (uint32_t i = 2; i < p->tree.count; i++)
        assert_int_equal(p->tree.nodes[i].calls, 2);
    profile_destroy(p);
}

static void a_full_tree_charges_the_caller_and_says_so(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 2, 0)); /* the request and one more */
    call(&r, A, 0);
    call(&r, B, 10);
    leave(&r, 40);
    leave(&r, 50);
    struct profile *p = finish(&r, 50);

    assert_int_equal(p->notices, 1u << NOTICE_TRUNCATED);
    assert_int_equal(p->tree.count, 2);
    assert_int_equal(p->tree.nodes[1].self, 50);
    struct stats s;
    assert_true(stats_compute(&s, p));
    assert_int_equal(NS(stats_of(&s, p, 'a')->self_s), 20);
    assert_int_equal(NS(stats_of(&s, p, 'b')->self_s), 30);
    stats_free(&s);
    profile_destroy(p);
}

static void frames_left_open_beneath_a_full_tree_are_closed(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 2, 0));
    call(&r, A, 0);
    call(&r, B, 10);
    call(&r, C, 20);
    struct profile *p = finish(&r, 50);
    struct stats s;
    assert_true(stats_compute(&s, p));
    assert_int_equal(NS(stats_of(&s, p, 'b')->cumulative_s), 40);
    assert_int_equal(NS(stats_of(&s, p, 'c')->self_s), 30);
    stats_free(&s);
    profile_destroy(p);
}

/* Makes the same random calls in trees of two sizes. */
static struct profile *random_calls(unsigned seed, uint32_t max_nodes)
{
    struct recorder r;
    assert_true(recorder_init(&r, max_nodes, 0));
    uint64_t now = 0;
    int depth = 0;
    for (int i = 0; i < 3000; i++) {
        now += (uint64_t)(rand_r(&seed) % 50);
        if (depth < 2 || (depth < 12 && rand_r(&seed) % 2)) {
            call(&r, rand_r(&seed) % FUNCS, now);
            depth++;
        } else {
            leave(&r, now);
            depth--;
        }
    }
    for (; depth; depth--)
        leave(&r, ++now);
    return finish(&r, now);
}

static void assert_same_callers(const struct stats *x, const struct func_stats *fx,
                                const struct stats *y, const struct func_stats *fy)
{
    assert_int_equal(fx->caller_count, fy->caller_count);
    for (uint32_t i = 0; i < fx->caller_count; i++) {
        const struct caller_stats *cx = &x->callers[fx->first_caller + i];
        bool found = false;
        for (uint32_t k = 0; k < fy->caller_count; k++) {
            const struct caller_stats *cy = &y->callers[fy->first_caller + k];
            if (cx->caller != cy->caller)
                continue;
            found = true;
            assert_int_equal(cx->calls, cy->calls);
            assert_int_equal(cx->primitive, cy->primitive);
            assert_int_equal(NS(cx->self_s), NS(cy->self_s));
            assert_int_equal(NS(cx->cumulative_s), NS(cy->cumulative_s));
        }
        assert_true(found);
    }
}

static void a_cut_tree_has_the_figures_of_the_whole_one(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 60; seed++) {
        struct profile *whole = random_calls(seed, 1 << 20);
        struct profile *cut = random_calls(seed, 1 + seed);
        assert_false(whole->notices);
        assert_true(cut->tree.truncated);
        struct stats x, y;
        assert_true(stats_compute(&x, whole));
        assert_true(stats_compute(&y, cut));
        assert_int_equal(x.func_count, y.func_count);
        assert_int_equal(x.calls, y.calls);
        for (uint32_t i = 0; i < x.func_count; i++) {
            const struct func_stats *fx = &x.funcs[i], *fy = &y.funcs[i];
            assert_int_equal(fx->func, fy->func);
            assert_int_equal(fx->calls, fy->calls);
            assert_int_equal(fx->primitive, fy->primitive);
            assert_int_equal(NS(fx->self_s), NS(fy->self_s));
            assert_int_equal(NS(fx->cumulative_s), NS(fy->cumulative_s));
            assert_same_callers(&x, fx, &y, fy);
        }
        stats_free(&x);
        stats_free(&y);
        profile_destroy(whole);
        profile_destroy(cut);
    }
}

static void a_stack_of_a_hundred_thousand_is_walked(void **state)
{
    (void)state;
    struct recorder r;
    assert_true(recorder_init(&r, 1 << 20, 0));
    for (uint64_t now = 0; now < 100000; now++)
        call(&r, (int)(now % 2), now);
    struct profile *p = finish(&r, 100000);
    struct stats s;
    assert_true(stats_compute(&s, p));
    assert_int_equal(s.calls, 100000);
    assert_int_equal(s.primitive, 2);
    stats_free(&s);
    profile_destroy(p);
}

/* Returns true if the start, the profile or the statistics report a failure. */
static bool record_and_derive(void)
{
    struct recorder r;
    if (!recorder_init(&r, 40, 0))
        return true;
    uint64_t now = 0;
    for (int i = 0; i < 600; i++) {
        call(&r, i % 5 ? i % FUNCS : A, ++now);
        if (i % 7 > 2)
            leave(&r, ++now);
    }
    struct profile *p = finish(&r, now);
    if (!p)
        return true;
    bool noticed = p->notices & 1u << NOTICE_MEMORY;
    noticed |= p->tree.count < 40; /* full only when out of memory */
    struct stats s;
    noticed |= !stats_compute(&s, p);
    stats_free(&s);
    profile_destroy(p);
    return noticed;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(record_and_derive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_goes_to_the_function_that_ran),
        cmocka_unit_test(recursion_counts_time_once_and_primitive_calls_apart),
        cmocka_unit_test(returns_from_before_the_start_are_ignored),
        cmocka_unit_test(a_clock_that_steps_back_costs_one_interval),
        cmocka_unit_test(the_profilers_own_time_goes_to_the_request),
        cmocka_unit_test(same_named_code_is_one_function),
        cmocka_unit_test(children_are_found_by_key),
        cmocka_unit_test(a_full_tree_charges_the_caller_and_says_so),
        cmocka_unit_test(frames_left_open_beneath_a_full_tree_are_closed),
        cmocka_unit_test(a_cut_tree_has_the_figures_of_the_whole_one),
        cmocka_unit_test(a_stack_of_a_hundred_thousand_is_walked),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("recorder", tests, NULL, NULL);
}
