#include "sampled.h"

#include "report/text/calltext.h"
#include "report/text/fold.h"

#include <stdio.h>

static struct sample sample;

static void the_tree_shows_own_code_and_folds_libraries(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(calltext_write(REPORT(&sample), false, &b));
    assert_golden(&b, "calltext.txt");
}

static void colours_are_written_only_when_asked_for(void **state)
{
    (void)state;
    struct buf plain = {0}, b = {0};
    assert_true(calltext_write(REPORT(&sample), false, &plain));
    assert_null(strchr(buf_cstr(&plain), '\x1b'));
    buf_free(&plain);
    assert_true(calltext_write(REPORT(&sample), true, &b));
    assert_golden(&b, "calltext-colour.txt");
}

/* Frees the profile. */
static void write_and_destroy(struct profile *p, struct buf *out)
{
    assert_true(calltext_write(REPORT_OF(p, NULL, LOG_TABLE), false, out));
    profile_destroy(p);
}

static void no_samples_are_one_sentence(void **state)
{
    (void)state;
    struct buf b = {0};
    write_and_destroy(sampled_empty(), &b);
    assert_buf(&b, "No sample was taken, so there is no call tree.\n\n");
}

static void one_sample_is_a_tree(void **state)
{
    (void)state;
    struct buf b = {0};
    struct profile *p = sampled_empty();
    p->sampled.samples = 1;
    p->interval_ns = 500000;
    sampled_add(p, CALLTREE_ROOT, sampled_func(p, "app.py", 3, "view", ""), 1, 1500,
                WAITS_LOCK);
    write_and_destroy(p, &b);
    assert_buf(&b, "1.50 ms: 100 % lock\n"
                   "1 sample at 0.5 ms\n\n"
                   "Total ms      %  Self ms\n"
                   "    1.50  100.0           GET /search\n"
                   "    1.50  100.0     1.50  └─ view  app.py:3  [lock]\n\n");
}

static void samples_without_time_divide_nothing_by_zero(void **state)
{
    (void)state;
    struct buf b = {0};
    struct profile *p = sampled_empty();
    p->sampled.samples = 1;
    sampled_add(p, CALLTREE_ROOT, sampled_func(p, "app.py", 3, "view", ""), 1, 0,
                WAITS_CPU);
    write_and_destroy(p, &b);
    assert_buf(&b, "0.00 ms\n"
                   "1 sample at 1 ms\n\n"
                   "Total ms      %  Self ms\n"
                   "    0.00    0.0           GET /search\n"
                   "1 frame under 1 % is not shown (0.00 ms)\n\n");
}

static void long_requests_are_shown_in_seconds(void **state)
{
    (void)state;
    struct buf b = {0};
    struct profile *p = sampled_empty();
    p->sampled.samples = 12000;
    p->sampled.lost = 1234;
    p->interval_ns = 10000000;
    p->notices = 1u << NOTICE_WAITS_UNKNOWN;
    uint32_t view = sampled_func(p, "/srv/shop/app.py", 3, "view", "");
    sampled_add(p, CALLTREE_ROOT, view, 12000, 123456789, WAITS_OTHER);
    write_and_destroy(p, &b);
    assert_buf(&b,
               "123.46 s: 100 % not on CPU\n"
               "12,000 samples at 10 ms, 1,234 lost\n\n"
               " Total s      %   Self s\n"
               "  123.46  100.0           GET /search\n"
               "  123.46  100.0   123.46  └─ view  shop/app.py:3  [not on CPU]\n\n");
}

static void without_wait_figures_the_tree_is_there(void **state)
{
    (void)state;
    struct buf b = {0};
    struct profile *p = sampled_empty();
    p->sampled.samples = 2;
    sampled_add(p, CALLTREE_ROOT, sampled_func(p, "~", 0, "<odd>", ""), 2, 200000,
                WAITS_CPU);
    uint64_t(*waits)[WAIT_KINDS] = p->sampled.node_wait_ns;
    p->sampled.node_wait_ns = NULL;
    assert_true(calltext_write(REPORT_OF(p, NULL, LOG_TABLE), false, &b));
    p->sampled.node_wait_ns = waits;
    profile_destroy(p);
    assert_buf(&b, "200 ms\n"
                   "2 samples at 1 ms\n\n"
                   "Total ms      %  Self ms\n"
                   "   200.0  100.0           GET /search\n"
                   "   200.0  100.0    200.0  └─ odd\n\n");
}

/* The deepest stacks that sampling keeps: direct recursion, recursion through another
 * function, and a long chain. */
static void deep_stacks_stay_readable(void **state)
{
    (void)state;
    struct buf b = {0};
    struct profile *p = sampled_empty();
    p->sampled.samples = 16384;
    uint32_t walk = sampled_func(p, "/srv/shop/tree.py", 3, "walk", "Tree.walk");
    uint32_t ping = sampled_func(p, "/srv/shop/tree.py", 20, "ping", "");
    uint32_t pong = sampled_func(p, "/srv/shop/tree.py", 30, "pong", "");
    uint32_t node = CALLTREE_ROOT;
    for (uint64_t i = 0; i < 5000; i++)
        node = sampled_add(p, node, walk, 5000 - i, 20, WAITS_CPU);
    node = CALLTREE_ROOT;
    for (uint64_t i = 0; i < 5000; i++) {
        node = sampled_add(p, node, ping, 5000 - i, 10, WAITS_CPU);
        node = sampled_add(p, node, pong, 5000 - i, 20, WAITS_CPU);
    }
    node = CALLTREE_ROOT;
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "step%d", i);
        node = sampled_add(p, node, sampled_func(p, "/srv/shop/steps.py", i, name, ""),
                           1000, 1000, WAITS_CPU);
    }
    write_and_destroy(p, &b);
    assert_golden(&b, "calltext-deep.txt");
}

static uint64_t sum_of_self(const struct profile *p)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < p->tree.count; i++)
        sum += p->tree.nodes[i].self;
    return sum;
}

/* In any tree, no time is lost or counted twice. */
static void all_figures_add_up(void **state)
{
    (void)state;
    struct fold f;
    assert_true(fold_make(&f, sample.profile, &sample.choice.rules));
    assert_int_equal(f.rows[0].total, sum_of_self(sample.profile));
    uint64_t self = f.small_ns;
    for (uint32_t i = 0; i < f.count; i++) {
        uint64_t waits = 0;
        for (unsigned kind = 0; kind < WAIT_KINDS; kind++)
            waits += f.rows[i].waits[kind];
        assert_int_equal(waits, f.rows[i].self);
        self += f.rows[i].self;
    }
    assert_int_equal(self, f.rows[0].total);
    fold_free(&f);
}

static bool write_plain(const struct report *r, struct buf *out)
{
    return calltext_write(r, false, out);
}

static bool write_coloured(const struct report *r, struct buf *out)
{
    return calltext_write(r, true, out);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep_report(&sample, write_plain);
    oom_sweep_report(&sample, write_coloured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_shows_own_code_and_folds_libraries),
        cmocka_unit_test(colours_are_written_only_when_asked_for),
        cmocka_unit_test(no_samples_are_one_sentence),
        cmocka_unit_test(one_sample_is_a_tree),
        cmocka_unit_test(samples_without_time_divide_nothing_by_zero),
        cmocka_unit_test(long_requests_are_shown_in_seconds),
        cmocka_unit_test(without_wait_figures_the_tree_is_there),
        cmocka_unit_test(deep_stacks_stay_readable),
        cmocka_unit_test(all_figures_add_up),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sampled_make(&sample);
    int failed = cmocka_run_group_tests_name("calltext", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
