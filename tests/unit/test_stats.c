#include "sampled.h"

static const struct func_stats *find(const struct sample *s, const char *name)
{
    for (uint32_t i = 0; i < s->stats.func_count; i++)
        if (str_equal(functab_name(&s->profile->functab, s->stats.funcs[i].func),
                      str_from(name)))
            return &s->stats.funcs[i];
    return NULL;
}

static void a_sample_counts_once_for_each_function_on_its_stack(void **state)
{
    (void)state;
    struct sample s;
    sampled_make(&s);
    const struct func_stats *walk = find(&s, "walk");
    assert_int_equal(walk->calls, 50);
    assert_int_equal(walk->primitive, 50);
    assert_float_equal(walk->self_s, 0.050, 1e-9);
    assert_float_equal(walk->cumulative_s, 0.056, 1e-9);
    const struct func_stats *len = find(&s, "<built-in method builtins.len>");
    assert_int_equal(len->calls, 5);
    sample_free(&s);
}

static void a_sample_counts_once_for_each_pair_on_its_stack(void **state)
{
    (void)state;
    struct sample s;
    sampled_make(&s);
    const struct func_stats *walk = find(&s, "walk");
    assert_int_equal(walk->caller_count, 2);
    const struct caller_stats *callers = &s.stats.callers[walk->first_caller];
    assert_int_equal(callers[0].caller, find(&s, "get")->func);
    assert_int_equal(callers[0].calls, 50);
    assert_int_equal(callers[0].primitive, 50);
    assert_int_equal(callers[1].caller, walk->func);
    assert_int_equal(callers[1].calls, 40);
    assert_int_equal(callers[1].primitive, 40);
    sample_free(&s);
}

static void functions_without_a_sample_are_left_out(void **state)
{
    (void)state;
    struct profile *p = sampled_empty();
    struct sample s = {.profile = p};
    uint32_t seen = sampled_func(p, "a.py", 1, "seen", "");
    sampled_func(p, "a.py", 2, "unseen", "");
    sampled_add(p, CALLTREE_ROOT, seen, 3, 3000, WAITS_CPU);
    assert_true(stats_compute(&s.stats, p));
    assert_int_equal(s.stats.func_count, 1);
    assert_null(find(&s, "unseen"));
    sample_free(&s);
}

/* Checks the single entry of a profile without functions. */
static void assert_nothing(const struct sample *s, const char *name)
{
    const struct functab *t = stats_functab(&s->stats, s->profile);
    assert_true(stats_is_empty(&s->stats));
    assert_int_equal(s->stats.func_count, 1);
    assert_int_equal(t->count, 1);
    assert_true(functab_is_builtin(t, s->stats.funcs[0].func));
    assert_str(functab_name(t, s->stats.funcs[0].func), name);
    assert_int_equal(s->stats.funcs[0].calls, 0);
    assert_int_equal(s->stats.funcs[0].primitive, 0);
    assert_int_equal(s->stats.funcs[0].caller_count, 0);
    assert_true(s->stats.funcs[0].self_s == 0 && s->stats.funcs[0].cumulative_s == 0);
    assert_int_equal(s->stats.calls, 0);
}

static void no_function_is_one_entry_that_says_so(void **state)
{
    (void)state;
    struct profile *p = sampled_empty();
    struct sample s = {.profile = p};
    assert_true(stats_compute(&s.stats, p));
    assert_nothing(&s, "<no samples>");
    assert_int_equal(p->functab.count, 0);
    stats_free(&s.stats);
    sampled_func(p, "a.py", 2, "unseen", "");
    assert_true(stats_compute(&s.stats, p));
    assert_nothing(&s, "<no samples>");
    stats_free(&s.stats);
    p->mode = MODE_DETERMINISTIC;
    assert_true(stats_compute(&s.stats, p));
    assert_nothing(&s, "<no calls>");
    stats_free(&s.stats);
    sampled_add(p, CALLTREE_ROOT, 0, 1, 1000, WAITS_CPU);
    assert_true(stats_compute(&s.stats, p));
    assert_false(stats_is_empty(&s.stats));
    assert_ptr_equal(stats_functab(&s.stats, p), &p->functab);
    sample_free(&s);
}

static void time_that_no_sample_was_taken_in_is_shown(void **state)
{
    (void)state;
    struct profile *p = sampled_empty();
    struct sample s = {.profile = p};
    uint32_t view = sampled_func(p, "a.py", 1, "view", "");
    uint32_t wait = sampled_func(p, "a.py", 2, "wait", "");
    uint32_t node = sampled_add(p, CALLTREE_ROOT, view, 1, 1000, WAITS_CPU);
    sampled_add(p, node, wait, 0, 900000, WAITS_SWITCHED_OUT);
    assert_true(stats_compute(&s.stats, p));
    assert_int_equal(find(&s, "wait")->calls, 0);
    assert_float_equal(find(&s, "wait")->self_s, 0.9, 1e-9);
    assert_int_equal(find(&s, "wait")->caller_count, 1);
    assert_float_equal(s.stats.callers[0].cumulative_s, 0.9, 1e-9);
    assert_float_equal(s.stats.self_s, 0.901, 1e-9);
    sample_free(&s);
}

static void calls_of_a_deterministic_profile_are_all_counted(void **state)
{
    (void)state;
    struct sample s;
    sampled_make(&s);
    stats_free(&s.stats);
    s.profile->mode = MODE_DETERMINISTIC;
    assert_true(stats_compute(&s.stats, s.profile));
    assert_int_equal(find(&s, "walk")->calls, 50 + 40 + 30 + 20 + 10);
    assert_int_equal(find(&s, "walk")->primitive, 50);
    sample_free(&s);
}

static struct profile *profile;

static bool compute(void)
{
    struct stats stats;
    bool ok = stats_compute(&stats, profile);
    assert_true(ok || (!stats.func_count && !stats_is_empty(&stats)));
    stats_free(&stats);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    struct sample s;
    sampled_make(&s);
    profile = s.profile;
    oom_sweep(compute);
    sample_free(&s);
    profile = sampled_empty();
    oom_sweep(compute);
    profile_destroy(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_counts_once_for_each_function_on_its_stack),
        cmocka_unit_test(a_sample_counts_once_for_each_pair_on_its_stack),
        cmocka_unit_test(functions_without_a_sample_are_left_out),
        cmocka_unit_test(no_function_is_one_entry_that_says_so),
        cmocka_unit_test(time_that_no_sample_was_taken_in_is_shown),
        cmocka_unit_test(calls_of_a_deterministic_profile_are_all_counted),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
