#include "support.h"

#include "profile/preorder.h"

static uint32_t add(struct calltree *t, uint32_t parent, uint32_t func)
{
    uint32_t node = calltree_child(t, parent, func, NULL);
    assert_int_not_equal(node, 0);
    return node;
}

/* Makes the tree of the drawing in preorder.h. */
static void make_tree(struct calltree *t)
{
    assert_true(calltree_init(t, 1000000));
    uint32_t first = add(t, CALLTREE_ROOT, 7);
    add(t, CALLTREE_ROOT, 8);
    add(t, first, 7);
    add(t, first, 9);
}

static void nodes_stand_before_all_below_them(void **state)
{
    (void)state;
    static const uint32_t nodes[] = {0, 1, 3, 4, 2}, places[] = {0, 1, 4, 2, 3},
                          depths[] = {0, 1, 1, 2, 2};
    struct calltree t;
    struct preorder o;
    make_tree(&t);
    assert_true(preorder_make(&o, &t));
    assert_int_equal(o.count, 5);
    assert_memory_equal(o.nodes, nodes, sizeof nodes);
    assert_memory_equal(o.places, places, sizeof places);
    assert_memory_equal(o.depths, depths, sizeof depths);
    preorder_free(&o);
    calltree_free(&t);
}

static void a_tree_of_one_node_or_none_has_an_order(void **state)
{
    (void)state;
    struct calltree t = {0};
    struct preorder o;
    assert_true(preorder_make(&o, &t));
    assert_int_equal(o.count, 0);
    preorder_free(&o);
    assert_true(calltree_init(&t, 10));
    assert_true(preorder_make(&o, &t));
    assert_int_equal(o.count, 1);
    assert_int_equal(o.nodes[0] + o.places[0] + o.depths[0], 0);
    preorder_free(&o);
    calltree_free(&t);
}

static void a_chain_of_a_hundred_thousand_is_no_problem(void **state)
{
    (void)state;
    struct calltree t;
    struct preorder o;
    assert_true(calltree_init(&t, 1000000));
    for (uint32_t node = 0; node < 100000;)
        node = add(&t, node, 1);
    assert_true(preorder_make(&o, &t));
    for (uint32_t i = 0; i < o.count; i++)
        assert_true(o.nodes[i] == i && o.depths[i] == i);
    preorder_free(&o);
    calltree_free(&t);
}

static struct calltree swept;

static bool make_one(void)
{
    struct preorder o;
    bool ok = preorder_make(&o, &swept);
    if (!ok)
        assert_null(o.nodes);
    preorder_free(&o);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    make_tree(&swept);
    oom_sweep(make_one);
    calltree_free(&swept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_stand_before_all_below_them),
        cmocka_unit_test(a_tree_of_one_node_or_none_has_an_order),
        cmocka_unit_test(a_chain_of_a_hundred_thousand_is_no_problem),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("preorder", tests, NULL, NULL);
}
