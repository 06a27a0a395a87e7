#include "sampled.h"

#include "report/text/fold.h"

#include <stdio.h>

static struct profile *profile;
static struct origin_rules rules;

static int start(void **state)
{
    (void)state;
    rules = (struct origin_rules){0};
    profile = sampled_empty();
    return 0;
}

static int end(void **state)
{
    (void)state;
    profile_destroy(profile);
    return 0;
}

static uint32_t own(const char *name)
{
    return sampled_func(profile, "/srv/shop/app.py", 1, name, "");
}

static uint32_t library(const char *package, const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "/v/site-packages/%s/x.py", package);
    return sampled_func(profile, file, 1, name, "");
}

static uint32_t add(uint32_t parent, uint32_t func, uint64_t self_ms)
{
    return sampled_add(profile, parent, func, 1, self_ms * 1000, WAITS_CPU);
}

/* Describes the rows: "0 request 100/0; 1 view 100/10 +3 x2 (flask)" has the level, the
 * name, total and self milliseconds, hidden frames, recursion depth and libraries. */
static void describe(struct buf *out)
{
    struct fold f;
    assert_true(fold_make(&f, profile, &rules));
    for (uint32_t i = 0; i < f.count; i++) {
        const struct fold_row *row = &f.rows[i];
        static const char *const kinds[] = {"request", "server"};
        buf_printf(out, "%s%u ", i ? "; " : "", row->level);
        if (row->kind <= FOLD_SERVER)
            buf_add_text(out, kinds[row->kind]);
        else
            buf_add_str(out, functab_name(&profile->functab, row->func));
        buf_printf(out, " %u/%u", (unsigned)(row->total / 1000000),
                   (unsigned)(row->self / 1000000));
        if (row->hidden)
            buf_printf(out, " +%u", (unsigned)row->hidden);
        if (row->depth > 1)
            buf_printf(out, " x%u", (unsigned)row->depth);
        for (int j = 0; j < FOLD_LIBRARIES && row->libraries[j].len; j++)
            buf_printf(out, "%s%.*s", j ? "," : " ", (int)row->libraries[j].len,
                       row->libraries[j].data);
        buf_add_text(out, row->more_libraries ? ",..." : "");
    }
    if (f.small_count)
        buf_printf(out, "; small %u %u", (unsigned)f.small_count,
                   (unsigned)(f.small_ns / 1000000));
    fold_free(&f);
}

static void assert_rows(const char *expected)
{
    struct buf b = {0};
    describe(&b);
    assert_buf(&b, expected);
}

static void nothing_is_the_request_alone(void **state)
{
    (void)state;
    assert_rows("0 request 0/0");
    struct profile zeroed = {.mode = MODE_SAMPLING};
    struct fold f;
    assert_true(fold_make(&f, &zeroed, &rules));
    assert_int_equal(f.count, 1);
    fold_free(&f);
}

static void a_run_of_libraries_is_its_entry(void **state)
{
    (void)state;
    uint32_t node = add(CALLTREE_ROOT, library("a", "call"), 10);
    uint32_t inner = add(node, library("b", "inner"), 20);
    add(inner, library("a", "leaf"), 30);
    add(node, library("a", "leaf"), 40);
    assert_rows("0 request 100/0; 1 call 100/100 +3 a,b");
}

static void own_code_below_a_run_is_merged_from_all_its_ways(void **state)
{
    (void)state;
    uint32_t call = add(CALLTREE_ROOT, library("a", "call"), 10);
    uint32_t one = add(call, library("a", "one"), 0);
    uint32_t two = add(call, library("a", "two"), 0);
    add(add(one, own("hook"), 20), own("work"), 5);
    add(add(two, own("hook"), 30), own("work"), 35);
    assert_rows("0 request 100/0; 1 call 100/10 +2 a; 2 hook 90/50; 3 work 40/40");
}

static void the_hottest_function_of_a_row_is_known(void **state)
{
    (void)state;
    uint32_t call = add(CALLTREE_ROOT, library("a", "call"), 30);
    add(add(call, library("a", "one"), 5), library("a", "leaf"), 20);
    add(add(call, library("a", "two"), 5), library("a", "leaf"), 20);
    struct fold f;
    assert_true(fold_make(&f, profile, &rules));
    assert_int_equal(f.count, 2);
    assert_str(functab_name(&profile->functab, f.rows[1].hottest), "leaf");
    assert_int_equal(f.rows[1].hottest_ns, 40000000);
    fold_free(&f);
}

static void more_than_four_libraries_are_not_named(void **state)
{
    (void)state;
    uint32_t node = CALLTREE_ROOT;
    const char *const names[] = {"a", "b", "a", "c", "d", "e"};
    for (int i = 0; i < 5; i++)
        node = add(node, library(names[i], "f"), 1);
    assert_rows("0 request 5/0; 1 f 5/5 +4 a,b,c,d");
    add(node, library(names[5], "f"), 1);
    assert_rows("0 request 6/0; 1 f 6/6 +5 a,b,c,d,...");
}

static void siblings_stand_heaviest_first(void **state)
{
    (void)state;
    add(CALLTREE_ROOT, own("light"), 10);
    add(CALLTREE_ROOT, own("heavy"), 30);
    add(CALLTREE_ROOT, own("first of two"), 20);
    add(CALLTREE_ROOT, own("second of two"), 20);
    profile->tree.nodes[CALLTREE_ROOT].self = 25000000;
    assert_rows("0 request 105/0; 1 heavy 30/30; 1 server 25/25; "
                "1 first of two 20/20; 1 second of two 20/20; 1 light 10/10");
}

static void crumbs_are_counted(void **state)
{
    (void)state;
    uint32_t view = add(CALLTREE_ROOT, own("view"), 982);
    add(add(view, own("small"), 4), own("smaller"), 5);
    add(CALLTREE_ROOT, own("small"), 9);
    assert_rows("0 request 1000/0; 1 view 991/982; small 3 18");
}

static void a_function_that_calls_itself_is_one_row(void **state)
{
    (void)state;
    uint32_t node = add(CALLTREE_ROOT, own("walk"), 10);
    node = add(node, own("walk"), 20);
    uint32_t leaf = add(node, own("leaf"), 5);
    node = add(node, own("walk"), 30);
    add(node, own("leaf"), 15);
    add(leaf, own("walk"), 20); /* called from another place: not direct recursion */
    assert_rows("0 request 100/0; 1 walk 100/60 x3; 2 leaf 40/20; 3 walk 20/20");
}

static void calls_through_others_are_recursion_once_the_caller_repeats(void **state)
{
    (void)state;
    uint32_t node = CALLTREE_ROOT;
    for (int i = 0; i < 3; i++) {
        node = add(node, own("walk"), 10);
        node = add(node, own("<listcomp>"), 10);
    }
    assert_rows("0 request 60/0; 1 walk 60/10; 2 <listcomp> 50/30 x3; 3 walk 20/20");
}

static void a_decorator_around_several_functions_is_no_recursion(void **state)
{
    (void)state;
    const char *const names[] = {"view", "service", "query"};
    uint32_t node = CALLTREE_ROOT;
    for (int i = 0; i < 3; i++) {
        node = add(node, own("wrapper"), 0);
        node = add(node, own(names[i]), 10);
    }
    assert_rows("0 request 30/0; 1 wrapper 30/0; 2 view 30/10; 3 wrapper 20/0; "
                "4 service 20/10; 5 wrapper 10/0; 6 query 10/10");
}

static void the_lowest_level_takes_all_below(void **state)
{
    (void)state;
    uint32_t node = CALLTREE_ROOT;
    for (int i = 0; i < FOLD_LEVELS + 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        node = add(node, own(name), 1);
    }
    struct fold f;
    assert_true(fold_make(&f, profile, &rules));
    assert_int_equal(f.count, FOLD_LEVELS + 1);
    assert_int_equal(f.rows[FOLD_LEVELS].level, FOLD_LEVELS);
    assert_int_equal(f.rows[FOLD_LEVELS].self, 4000000);
    assert_int_equal(f.rows[FOLD_LEVELS].hidden, 3);
    fold_free(&f);
}

static void rules_decide_what_is_own(void **state)
{
    (void)state;
    struct buf error = {0};
    struct regex *pattern[] = {regex_compile(STR("middleware"), &error)};
    const struct regex_list list = {pattern, 1};
    uint32_t node = add(CALLTREE_ROOT, own("middleware"), 10);
    add(add(node, library("a", "call"), 10), own("view"), 10);
    assert_rows("0 request 30/0; 1 middleware 30/10; 2 call 20/10 a; 3 view 10/10");
    rules.hide = &list;
    assert_rows("0 request 30/0; 1 middleware 30/20 +1 shop,a; 2 view 10/10");
    regex_free(pattern[0]);
}

static void code_that_hides_itself_is_folded_as_a_library_is(void **state)
{
    (void)state;
    struct buf error = {0};
    struct regex *pattern[] = {regex_compile(STR("retry"), &error)};
    const struct regex_list list = {pattern, 1};
    uint32_t retry = own("retry");
    uint32_t node = add(add(CALLTREE_ROOT, library("a", "call"), 10), retry, 10);
    add(node, own("view"), 10);
    assert_rows("0 request 30/0; 1 call 30/10 a; 2 retry 20/10; 3 view 10/10");
    functab_set_hidden(&profile->functab, retry, true);
    assert_rows("0 request 30/0; 1 call 30/20 +1 a,shop; 2 view 10/10");
    rules.show = &list;
    assert_rows("0 request 30/0; 1 call 30/20 +1 a,shop; 2 view 10/10");
    regex_free(pattern[0]);
}

static uint32_t next_random(uint32_t limit)
{
    static uint32_t seed = 1;
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % limit;
}

/* Deep and wide, with few functions, so that much of it is folded. */
static void grow_random_tree(uint32_t nodes)
{
    uint32_t funcs[12], last = CALLTREE_ROOT;
    for (uint32_t i = 0; i < 12; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", (unsigned)i);
        funcs[i] = i % 2 ? own(name) : library(name, name);
    }
    profile->tree.nodes[CALLTREE_ROOT].self = next_random(1000);
    for (uint32_t i = 0; i < nodes; i++) {
        uint32_t parent = next_random(4) ? last : next_random(profile->tree.count);
        last = add(parent, funcs[next_random(12)], next_random(3) ? 0 : 1);
    }
}

/* A row's total is its self time, its children's, and that of rows too small to
 * show. */
static void assert_consistent(const struct fold *f)
{
    uint64_t open[FOLD_LEVELS + 2] = {0}, last[FOLD_LEVELS + 2] = {0};
    uint64_t self = f->small_ns;
    for (uint32_t i = 0; i < f->count; i++) {
        const struct fold_row *row = &f->rows[i];
        assert_true(i == 0 ||
                    (row->level >= 1 && row->level <= f->rows[i - 1].level + 1));
        if (i) {
            assert_true(open[row->level - 1] >= row->total);
            assert_true(!last[row->level] || last[row->level] >= row->total);
            open[row->level - 1] -= row->total;
        }
        assert_true(row->total >= row->self);
        open[row->level] = row->total - row->self;
        last[row->level] = row->total;
        last[row->level + 1] = 0;
        self += row->self;
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < profile->tree.count; i++)
        sum += profile->tree.nodes[i].self;
    assert_int_equal(f->rows[0].total, sum);
    assert_in_range(sum - self, 0, sum / 100); /* a small FOLD_SERVER is in neither */
}

static void any_tree_adds_up(void **state)
{
    for (int round = 0; round < 50; round++) {
        struct fold f;
        grow_random_tree(50 + 40 * (uint32_t)round);
        assert_true(fold_make(&f, profile, &rules));
        assert_consistent(&f);
        fold_free(&f);
        end(state);
        start(state);
    }
}

static bool fold_one(void)
{
    struct fold f;
    bool ok = fold_make(&f, profile, &rules);
    fold_free(&f);
    return !ok;
}

/* Enough rows to make their table grow. */
static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    profile->tree.nodes[CALLTREE_ROOT].self = 1;
    for (int i = 0; i < 1100; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%d", i);
        add(CALLTREE_ROOT, own(name), 1);
    }
    oom_sweep(fold_one);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_the_request_alone),
        TEST(a_run_of_libraries_is_its_entry),
        TEST(own_code_below_a_run_is_merged_from_all_its_ways),
        TEST(the_hottest_function_of_a_row_is_known),
        TEST(more_than_four_libraries_are_not_named),
        TEST(siblings_stand_heaviest_first),
        TEST(crumbs_are_counted),
        TEST(a_function_that_calls_itself_is_one_row),
        TEST(calls_through_others_are_recursion_once_the_caller_repeats),
        TEST(a_decorator_around_several_functions_is_no_recursion),
        TEST(the_lowest_level_takes_all_below),
        TEST(rules_decide_what_is_own),
        TEST(code_that_hides_itself_is_folded_as_a_library_is),
        TEST(any_tree_adds_up),
        TEST(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
