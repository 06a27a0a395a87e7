#include "sample_sampling.h"

#include "report/page/shown.h"

#include <stdlib.h>

static uint32_t add(struct profile *p, uint32_t parent, uint32_t func, uint64_t self)
{
    uint32_t node = calltree_child(&p->tree, parent, func, NULL);
    assert_int_not_equal(node, 0);
    p->tree.nodes[node].self = self;
    return node;
}

static bool shown_nodes(struct shown *s, const struct profile *p, uint32_t most)
{
    const struct shown_limits limits = {most, UINT32_MAX};
    return shown_make(s, p, &limits);
}

/* Makes the tree of the drawing in shown.h: nodes 0, 1 (5), 2 (4), 3 (3), 4 (2), 5
 * (1). */
static void make_drawing(struct profile *p)
{
    *p = (struct profile){0};
    assert_true(calltree_init(&p->tree, 100));
    uint32_t first = add(p, CALLTREE_ROOT, 1, 0);
    uint32_t second = add(p, CALLTREE_ROOT, 2, 3);
    add(p, first, 3, 3);
    add(p, first, 4, 2);
    add(p, second, 5, 1);
}

static void the_drawing_is_right(void **state)
{
    (void)state;
    static const uint32_t nodes[] = {0, 1, 2}, places[] = {0, 1, 2, 1, 1, 2};
    static const uint64_t self[] = {0, 5, 4};
    struct profile p;
    struct shown s;
    make_drawing(&p);
    assert_true(shown_nodes(&s, &p, 3));
    assert_int_equal(s.order.count, 3);
    assert_memory_equal(s.order.nodes, nodes, sizeof nodes);
    assert_memory_equal(s.order.places, places, sizeof places);
    assert_memory_equal(s.self, self, sizeof self);
    assert_int_equal(s.order.depths[0] + s.order.depths[1] + s.order.depths[2], 2);
    shown_free(&s);
    calltree_free(&p.tree);
}

static void a_tree_that_fits_is_shown_whole(void **state)
{
    (void)state;
    static const uint32_t nodes[] = {0, 1, 3, 4, 2, 5};
    static const uint64_t self[] = {0, 0, 3, 2, 3, 1};
    struct profile p;
    struct shown s;
    make_drawing(&p);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(shown_nodes(&s, &p, i ? UINT32_MAX : 6));
        assert_int_equal(s.order.count, 6);
        assert_memory_equal(s.order.nodes, nodes, sizeof nodes);
        assert_memory_equal(s.self, self, sizeof self);
        shown_free(&s);
    }
    calltree_free(&p.tree);
}

static void the_request_alone_may_be_shown(void **state)
{
    (void)state;
    struct profile p;
    struct shown s;
    make_drawing(&p);
    assert_true(shown_nodes(&s, &p, 1));
    assert_int_equal(s.order.count, 1);
    assert_int_equal(s.self[0], 9);
    for (uint32_t node = 0; node < p.tree.count; node++)
        assert_int_equal(s.order.places[node], 0);
    shown_free(&s);
    calltree_free(&p.tree);
}

static void no_tree_is_shown_as_none(void **state)
{
    (void)state;
    const struct profile p = {0};
    struct shown s;
    assert_true(shown_nodes(&s, &p, 1));
    assert_int_equal(s.order.count, 0);
    shown_free(&s);
}

static void of_equals_the_first_stay(void **state)
{
    (void)state;
    struct profile p = {0};
    struct shown s;
    assert_true(calltree_init(&p.tree, 100));
    for (uint32_t i = 1; i < 100; i++)
        add(&p, i < 50 ? i - 1 : 0, i, 0);
    assert_true(shown_nodes(&s, &p, 70));
    assert_int_equal(s.order.count, 70);
    for (uint32_t place = 0; place < 70; place++)
        assert_int_equal(s.order.nodes[place], place);
    shown_free(&s);
    calltree_free(&p.tree);
}

/* ------------------------------------------------------------ a simple model */

static uint32_t seed;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * limit >> 32);
}

static void make_random(struct profile *p, uint32_t count)
{
    *p = (struct profile){0};
    assert_true(calltree_init(&p->tree, count));
    for (uint32_t i = 1; i < count; i++) {
        uint64_t self = random_below(4) ? 0 : random_below(1000);
        add(p, random_below(3) ? random_below(i) : i - 1, i,
            self << random_below(2) * random_below(50));
    }
}

static void sum_up(const struct calltree *t, uint64_t *totals)
{
    for (uint32_t i = t->count; i-- > 0;) {
        totals[i] += t->nodes[i].self;
        if (i)
            totals[t->nodes[i].parent] += totals[i];
    }
}

/* Nodes that are shown have their totals of the whole tree. No node that is left out
 * has a larger total. */
static void check_shown(const struct profile *p, const struct shown *s, uint32_t most)
{
    const struct calltree *t = &p->tree;
    uint64_t *whole = calloc(t->count, sizeof *whole), least = UINT64_MAX;
    uint64_t *totals = calloc(t->count, sizeof *totals);
    assert_true(whole && totals);
    sum_up(t, whole);
    assert_int_equal(s->order.count, most < t->count ? most : t->count);
    for (uint32_t place = s->order.count; place-- > 0;) {
        uint32_t node = s->order.nodes[place];
        uint32_t above = s->order.places[t->nodes[node].parent];
        totals[place] += s->self[place];
        assert_int_equal(s->order.places[node], place);
        assert_int_equal(totals[place], whole[node]);
        assert_true(place == 0 || above < place);
        if (place)
            totals[above] += totals[place];
        least = whole[node] < least ? whole[node] : least;
    }
    for (uint32_t node = 1; node < t->count; node++) {
        bool is_shown = s->order.nodes[s->order.places[node]] == node;
        assert_true(is_shown || whole[node] <= least);
        assert_true(is_shown ||
                    s->order.places[node] == s->order.places[t->nodes[node].parent]);
    }
    free(whole);
    free(totals);
}

static void sums_stay_what_they_were(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 300; round++) {
        struct profile p;
        struct shown s;
        seed = round;
        make_random(&p, 2 + random_below(300));
        uint32_t most = 1 + random_below(p.tree.count + 5);
        assert_true(shown_nodes(&s, &p, most));
        check_shown(&p, &s, most);
        shown_free(&s);
        calltree_free(&p.tree);
    }
}

static void a_chain_of_a_hundred_thousand_is_no_problem(void **state)
{
    (void)state;
    struct profile p = {0};
    struct shown s;
    assert_true(calltree_init(&p.tree, 100001));
    for (uint32_t i = 0; i < 100000; i++)
        add(&p, i, i, 1);
    assert_true(shown_nodes(&s, &p, 1000));
    check_shown(&p, &s, 1000);
    assert_int_equal(s.self[999], 99002);
    shown_free(&s);
    calltree_free(&p.tree);
}

static struct sample sampled;

/* Sums up all places, including the time left below them. */
static void sum_waits(const struct shown *s, uint64_t sums[WAIT_KINDS])
{
    for (uint32_t place = 0; place < s->order.count; place++)
        for (unsigned kind = 0; kind < WAIT_KINDS; kind++)
            sums[kind] += s->waits[place][kind];
}

static void waits_are_added_up_too(void **state)
{
    (void)state;
    struct shown all, few;
    uint64_t sums[2][WAIT_KINDS] = {0};
    assert_true(shown_nodes(&all, sampled.profile, UINT32_MAX));
    assert_true(shown_nodes(&few, sampled.profile, 4));
    sum_waits(&all, sums[0]);
    sum_waits(&few, sums[1]);
    assert_true(sums[0][WAITS_CPU] > 0);
    assert_memory_equal(sums[0], sums[1], sizeof sums[0]);
    assert_true(few.waits[1][WAITS_CPU] > all.waits[1][WAITS_CPU]);
    shown_free(&all);
    shown_free(&few);
}

static void where_all_is_shown_nothing_is_left(void **state)
{
    (void)state;
    struct shown s;
    assert_true(shown_nodes(&s, sampled.profile, UINT32_MAX));
    assert_int_equal(s.left_count, 0);
    shown_free(&s);
}

static void time_of_nodes_not_shown_is_left_with_its_parts(void **state)
{
    (void)state;
    struct shown all, few;
    assert_true(shown_nodes(&all, sampled.profile, UINT32_MAX));
    assert_true(shown_nodes(&few, sampled.profile, 4));
    assert_true(few.left_count > 0);
    for (uint32_t i = 0; i < few.left_count; i++) {
        const struct shown_left *l = &few.left[i];
        uint32_t node = few.order.nodes[l->place], place = all.order.places[node];
        assert_true(i == 0 || l->place > few.left[i - 1].place);
        assert_int_equal(few.self[l->place], all.self[place] + l->ns);
        for (unsigned kind = 0; kind < WAIT_KINDS; kind++)
            assert_int_equal(few.waits[l->place][kind],
                             all.waits[place][kind] + l->waits[kind]);
    }
    shown_free(&all);
    shown_free(&few);
}

static void what_had_most_of_the_time_that_is_left_is_named(void **state)
{
    (void)state;
    struct profile p;
    struct shown s;
    make_drawing(&p);
    assert_true(shown_nodes(&s, &p, 3));
    assert_int_equal(s.left_count, 2);
    assert_int_equal(s.left[0].ns, 5);
    assert_int_equal(s.left[0].func, 3); /* 3 of 5 */
    assert_int_equal(s.left[1].ns, 1);
    assert_int_equal(s.left[1].func, 5);
    shown_free(&s);
    p.tree.nodes[4].self = 3; /* 3 of 6: not more than half */
    assert_true(shown_nodes(&s, &p, 3));
    assert_int_equal(s.left[0].func, FUNCTAB_NONE);
    shown_free(&s);
    calltree_free(&p.tree);
}

static void time_that_the_full_tree_has_no_room_for_is_left(void **state)
{
    (void)state;
    struct profile p;
    struct shown s;
    make_drawing(&p);
    p.tree.nodes[3].self = 100;
    p.overflow.by_host = true;
    overflow_enter(&p.overflow, &p.tree, 3, 6, 10);
    overflow_leave(&p.overflow, &p.tree, 90);
    assert_true(shown_nodes(&s, &p, UINT32_MAX));
    assert_int_equal(s.left_count, 1);
    assert_int_equal(s.order.nodes[s.left[0].place], 3);
    assert_int_equal(s.left[0].ns, 80);
    assert_int_equal(s.left[0].func, FUNCTAB_NONE);
    assert_int_equal(s.self[s.left[0].place], 100);
    shown_free(&s);
    overflow_free(&p.overflow);
    calltree_free(&p.tree);
}

static void moments_stand_where_their_nodes_are_shown(void **state)
{
    (void)state;
    struct shown s;
    assert_true(shown_nodes(&s, sampled.profile, 4));
    assert_int_equal(s.moment_count, 15);
    for (uint32_t i = 0; i < s.moment_count; i++) {
        const struct moment *m = &sampled.profile->sampled.timeline[i];
        assert_int_equal(s.moments[i].dt_ns, m->dt_ns);
        assert_int_equal(s.moments[i].wait, m->wait);
        assert_int_equal(s.moments[i].node, s.order.places[m->node]);
    }
    shown_free(&s);
}

static void check_moments(uint32_t most, uint32_t expected)
{
    const struct shown_limits limits = {UINT32_MAX, most};
    struct shown s;
    uint64_t sum = 0, whole = 0;
    assert_true(shown_make(&s, sampled.profile, &limits));
    assert_int_equal(s.moment_count, expected);
    for (uint32_t i = 0; i < 15; i++)
        whole += sampled.profile->sampled.timeline[i].dt_ns;
    for (uint32_t i = 0; i < s.moment_count; i++)
        sum += s.moments[i].dt_ns;
    assert_int_equal(sum, whole);
    shown_free(&s);
}

static void a_timeline_that_is_too_long_is_merged(void **state)
{
    (void)state;
    const struct shown_limits limits = {UINT32_MAX, 5};
    struct shown s;
    static const uint32_t expected[][2] = {{15, 15}, {14, 8}, {8, 8}, {7, 5}, {5, 5},
                                           {4, 4},   {3, 3},  {2, 2}, {1, 1}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        check_moments(expected[i][0], expected[i][1]);
    assert_true(shown_make(&s, sampled.profile, &limits));
    assert_int_equal(s.moments[0].dt_ns, 1000123 + 1000000 + 1499500);
    assert_int_equal(s.moments[0].wait, WAITS_NETWORK_READ);
    assert_int_equal(s.moments[0].node, s.order.places[4]);
    assert_int_equal(s.moments[4].node, 0);
    shown_free(&s);
}

static bool show_few(void)
{
    struct shown s;
    bool ok = shown_nodes(&s, sampled.profile, 4);
    shown_free(&s);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(show_few);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_drawing_is_right),
        cmocka_unit_test(a_tree_that_fits_is_shown_whole),
        cmocka_unit_test(the_request_alone_may_be_shown),
        cmocka_unit_test(no_tree_is_shown_as_none),
        cmocka_unit_test(of_equals_the_first_stay),
        cmocka_unit_test(sums_stay_what_they_were),
        cmocka_unit_test(a_chain_of_a_hundred_thousand_is_no_problem),
        cmocka_unit_test(waits_are_added_up_too),
        cmocka_unit_test(where_all_is_shown_nothing_is_left),
        cmocka_unit_test(time_of_nodes_not_shown_is_left_with_its_parts),
        cmocka_unit_test(what_had_most_of_the_time_that_is_left_is_named),
        cmocka_unit_test(time_that_the_full_tree_has_no_room_for_is_left),
        cmocka_unit_test(moments_stand_where_their_nodes_are_shown),
        cmocka_unit_test(a_timeline_that_is_too_long_is_merged),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_sampling_make(&sampled);
    int failed = cmocka_run_group_tests_name("shown", tests, NULL, NULL);
    sample_free(&sampled);
    return failed;
}
