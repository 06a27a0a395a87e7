#include "sample_sampling.h"

#include "report/export/folded.h"

#include <stdlib.h>

static struct sample traced, sampled;

static void a_traced_profile_is_written_as_stacks(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(folded_write(REPORT(&traced), &b));
    assert_golden(&b, "sample.folded");
}

static void a_sampled_profile_is_written_as_stacks(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(folded_write(REPORT(&sampled), &b));
    assert_golden(&b, "sampling.folded");
}

static void a_profile_without_functions_is_the_request(void **state)
{
    (void)state;
    struct profile p = {0};
    struct buf b = {0};
    assert_true(folded_write(REPORT_OF(&p, NULL, LOG_TABLE), &b));
    assert_buf(&b, "");
    assert_true(calltree_init(&p.tree, 2));
    p.tree.nodes[CALLTREE_ROOT].self = 1500;
    assert_true(folded_write(REPORT_OF(&p, NULL, LOG_TABLE), &b));
    assert_buf(&b, "request 2\n");
    calltree_free(&p.tree);
}

static uint64_t sum_of_counts(const struct buf *b)
{
    uint64_t sum = 0;
    struct str rest = buf_str(b), line;
    while (rest.len && str_split(&rest, '\n', &line)) {
        const char *count = memrchr(line.data, ' ', line.len);
        assert_non_null(count);
        sum += strtoull(count, NULL, 10);
    }
    return sum;
}

/* A function that calls itself depth times, with self_ns in each call. */
static struct profile recursion(uint32_t depth, uint64_t self_ns)
{
    struct profile p = {0};
    uint32_t walk = functab_intern(&p.functab, STR("tree.py"), 3, STR("walk"));
    assert_true(calltree_init(&p.tree, depth + 1));
    for (uint32_t node = 0; node < depth;) {
        node = calltree_child(&p.tree, node, walk, NULL);
        p.tree.nodes[node].self = self_ns;
    }
    return p;
}

static void free_recursion(struct profile *p)
{
    functab_free(&p->functab);
    calltree_free(&p->tree);
}

static void times_below_a_microsecond_add_up(void **state)
{
    (void)state;
    struct profile p = recursion(1001, 700);
    struct buf b = {0};
    assert_true(folded_write(REPORT_OF(&p, NULL, LOG_TABLE), &b));
    assert_int_equal(sum_of_counts(&b), 701);
    assert_null(memmem(b.data, b.len, "deeper", 6));
    free_recursion(&p);
    buf_free(&b);
}

static void stacks_are_cut_where_they_would_make_gigabytes(void **state)
{
    (void)state;
    struct profile p = recursion(30000, 1000);
    struct buf b = {0};
    assert_true(folded_write(REPORT_OF(&p, NULL, LOG_TABLE), &b));
    assert_true(b.len > 100 << 20 && b.len <= 128 << 20);
    assert_int_equal(sum_of_counts(&b), 30000);
    const char *last = memrchr(b.data, ';', b.len);
    assert_true(str_starts((struct str){last, b.len - (size_t)(last - b.data)},
                           STR(";[deeper frames] 2")));
    free_recursion(&p);
    buf_free(&b);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep_report(&sampled, folded_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traced_profile_is_written_as_stacks),
        cmocka_unit_test(a_sampled_profile_is_written_as_stacks),
        cmocka_unit_test(a_profile_without_functions_is_the_request),
        cmocka_unit_test(times_below_a_microsecond_add_up),
        cmocka_unit_test(stacks_are_cut_where_they_would_make_gigabytes),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&traced);
    sample_sampling_make(&sampled);
    int failed = cmocka_run_group_tests_name("folded", tests, NULL, NULL);
    sample_free(&traced);
    sample_free(&sampled);
    return failed;
}
