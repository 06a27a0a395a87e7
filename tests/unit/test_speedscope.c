#include "sample_sampling.h"

#include "report/export/speedscope.h"

#include <stdlib.h>

static struct sample traced, sampled;

static void a_traced_profile_is_written_as_events(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(speedscope_write(REPORT(&traced), &b));
    assert_golden(&b, "sample.speedscope.json");
}

static void a_sampled_profile_is_written_as_samples_in_order(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(speedscope_write(REPORT(&sampled), &b));
    assert_golden(&b, "sampling.speedscope.json");
}

static void an_empty_profile_is_whole(void **state)
{
    (void)state;
    struct profile p = {0};
    struct buf b = {0};
    assert_true(speedscope_write(REPORT_OF(&p, NULL, LOG_TABLE), &b));
    assert_buf(&b,
               "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\","
               "\"exporter\":\"uwsgi-profiler\",\"name\":\"request\","
               "\"activeProfileIndex\":0,\"shared\":{\"frames\":[{\"name\":\"request\"}"
               "]},\"profiles\":[{\"type\":\"evented\",\"name\":\"request\","
               "\"unit\":\"seconds\",\"startValue\":0,\"endValue\":0.000000000,"
               "\"events\":[]}]}\n");
}

/* A function that calls itself. The moments alternate between its deepest call and the
 * request. */
static void write_deep(uint32_t depth, uint32_t moments, struct buf *out)
{
    struct profile p = {.mode = MODE_SAMPLING};
    uint32_t walk = functab_intern(&p.functab, STR("tree.py"), 3, STR("walk"));
    assert_true(calltree_init(&p.tree, depth + 1));
    uint32_t node = CALLTREE_ROOT;
    while (node < depth)
        node = calltree_child(&p.tree, node, walk, NULL);
    p.sampled.timeline = calloc(moments, sizeof *p.sampled.timeline);
    p.sampled.timeline_count = moments;
    for (uint32_t i = 0; i < moments; i++) {
        p.sampled.timeline[i].dt_ns = 1;
        p.sampled.timeline[i].node = i % 2 ? node : CALLTREE_ROOT;
        p.tree.nodes[i % 2 ? node : CALLTREE_ROOT].self++;
    }
    assert_true(speedscope_write(REPORT_OF(&p, NULL, LOG_TABLE), out));
    functab_free(&p.functab);
    calltree_free(&p.tree);
    sampled_free(&p.sampled);
}

static void stacks_that_would_make_gigabytes_become_the_tree(void **state)
{
    (void)state;
    struct buf b = {0};
    write_deep(5000, 100, &b);
    assert_non_null(memmem(b.data, b.len, "\"sampled\"", 9));
    buf_free(&b);
    write_deep(5000, 65536, &b);
    assert_non_null(memmem(b.data, b.len, "\"evented\"", 9));
    assert_non_null(strstr(buf_cstr(&b), "\"endValue\":0.000065536,"));
    assert_true(b.len < 1000000);
    buf_free(&b);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep_report(&traced, speedscope_write);
    oom_sweep_report(&sampled, speedscope_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traced_profile_is_written_as_events),
        cmocka_unit_test(a_sampled_profile_is_written_as_samples_in_order),
        cmocka_unit_test(an_empty_profile_is_whole),
        cmocka_unit_test(stacks_that_would_make_gigabytes_become_the_tree),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&traced);
    sample_sampling_make(&sampled);
    int failed = cmocka_run_group_tests_name("speedscope", tests, NULL, NULL);
    sample_free(&traced);
    sample_free(&sampled);
    return failed;
}
