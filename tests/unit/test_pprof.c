#include "sample_sampling.h"

#include "report/export/pprof.h"
#include "report/export/pprof/profile.pb-c.h"
#include "report/export/pprof_samples.h"

#include <stdlib.h>
#include <zlib.h>

typedef Perftools__Profiles__Profile message;

static struct sample traced, sampled;

/* Without compression, whose output may differ between versions of zlib. */
static void write_plain(const struct profile *p, struct buf *out)
{
    struct buf b = {0};
    assert_true(pprof_write(REPORT_OF(p, NULL, LOG_TABLE), &b));
    z_stream z = {.next_in = (unsigned char *)b.data, .avail_in = (unsigned)b.len};
    assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
    int status = Z_OK;
    while (status == Z_OK) {
        assert_true(buf_reserve(out, 1 << 16));
        z.next_out = (unsigned char *)out->data + out->len;
        z.avail_out = 1 << 16;
        status = inflate(&z, Z_NO_FLUSH);
        out->len += (1 << 16) - z.avail_out;
    }
    assert_int_equal(status, Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    inflateEnd(&z);
    buf_free(&b);
}

static message *write_and_read(const struct profile *p)
{
    struct buf b = {0};
    write_plain(p, &b);
    message *m = perftools__profiles__profile__unpack(NULL, b.len, (uint8_t *)b.data);
    assert_non_null(m);
    buf_free(&b);
    return m;
}

static void free_message(message *m)
{
    perftools__profiles__profile__free_unpacked(m, NULL);
}

/* test_golden.py reads the two files. */
static void a_traced_profile_is_written_with_calls_and_times(void **state)
{
    (void)state;
    struct buf b = {0};
    write_plain(traced.profile, &b);
    assert_golden(&b, "sample.pb");
}

static void a_sampled_profile_is_written_with_samples_and_times(void **state)
{
    (void)state;
    struct buf b = {0};
    write_plain(sampled.profile, &b);
    assert_golden(&b, "sampling.pb");
}

static void a_profile_without_functions_is_the_request(void **state)
{
    (void)state;
    struct profile p = {0};
    message *m = write_and_read(&p);
    assert_int_equal(m->n_sample, 0);
    assert_int_equal(m->n_sample_type, PPROF_VALUES);
    free_message(m);
    assert_true(calltree_init(&p.tree, 2));
    p.tree.nodes[CALLTREE_ROOT].self = 1500;
    m = write_and_read(&p);
    assert_int_equal(m->n_sample, 1);
    assert_int_equal(m->sample[0]->n_location_id, 1);
    assert_int_equal(m->sample[0]->value[PPROF_WALL_NS], 1500);
    assert_string_equal(m->string_table[m->function[0]->name], "request");
    free_message(m);
    calltree_free(&p.tree);
}

/* The line of the first location of this sample. */
static int64_t leaf_line(const struct profile *p, size_t sample)
{
    message *m = write_and_read(p);
    uint64_t leaf = m->sample[sample]->location_id[0];
    int64_t line = -1;
    for (size_t i = 0; i < m->n_location; i++)
        if (m->location[i]->id == leaf)
            line = m->location[i]->line[0]->line;
    free_message(m);
    return line;
}

static void a_leaf_has_a_line_of_its_own_only_when_all_time_was_there(void **state)
{
    (void)state;
    struct profile p = {.mode = MODE_SAMPLING};
    struct line_time lines[2] = {{.line = 5, .self_ns = 30}, {.line = 6}};
    uint32_t walk = functab_intern(&p.functab, STR("tree.py"), 3, STR("walk"));
    assert_true(calltree_init(&p.tree, 3));
    uint32_t outer = calltree_child(&p.tree, CALLTREE_ROOT, walk, NULL);
    uint32_t inner = calltree_child(&p.tree, outer, walk, NULL);
    p.tree.nodes[outer].self = 10;
    p.tree.nodes[inner].self = 20;
    p.sampled.lines = lines;
    p.sampled.line_count = 2;
    assert_int_equal(leaf_line(&p, 0), 5);
    assert_int_equal(leaf_line(&p, 1), 5);
    p.tree.truncated = true;
    assert_int_equal(leaf_line(&p, 1), 3);
    p.tree.truncated = false;
    lines[0].self_ns = 29;
    lines[1].self_ns = 1;
    assert_int_equal(leaf_line(&p, 0), 3);
    functab_free(&p.functab);
    calltree_free(&p.tree);
}

/* A function that calls itself; each call takes 7 ns, 3 of them on a processor. */
static struct profile recursion(uint32_t depth)
{
    struct profile p = {.mode = MODE_SAMPLING};
    uint32_t walk = functab_intern(&p.functab, STR("tree.py"), 3, STR("walk"));
    assert_true(calltree_init(&p.tree, depth + 1));
    p.sampled.node_wait_ns = calloc(depth + 1, sizeof *p.sampled.node_wait_ns);
    assert_non_null(p.sampled.node_wait_ns);
    for (uint32_t node = 0; node < depth;) {
        node = calltree_child(&p.tree, node, walk, NULL);
        p.tree.nodes[node].self = 7;
        p.tree.nodes[node].calls = depth - node + 1; /* one sample in each node */
        p.sampled.node_wait_ns[node][WAITS_CPU] = 3;
    }
    p.sampled.samples = depth;
    return p;
}

static void free_recursion(struct profile *p)
{
    functab_free(&p->functab);
    calltree_free(&p->tree);
    sampled_free(&p->sampled);
}

struct sums {
    uint64_t frames;
    int64_t values[PPROF_VALUES];
};

static struct sums sum_up(const message *m)
{
    struct sums sums = {0};
    for (size_t i = 0; i < m->n_sample; i++) {
        sums.frames += m->sample[i]->n_location_id;
        assert_int_equal(m->sample[i]->n_value, PPROF_VALUES);
        for (int k = 0; k < PPROF_VALUES; k++)
            sums.values[k] += m->sample[i]->value[k];
    }
    return sums;
}

static void assert_recursion(uint32_t depth, bool is_cut)
{
    struct profile p = recursion(depth);
    message *m = write_and_read(&p);
    struct sums sums = sum_up(m);
    assert_int_equal(sums.values[PPROF_SAMPLES], depth);
    assert_int_equal(sums.values[PPROF_WALL_NS], 7 * depth);
    assert_int_equal(sums.values[PPROF_CPU_NS], 3 * depth);
    assert_true(sums.frames <= PPROF_MAX_FRAMES);
    assert_int_equal(m->n_location, is_cut ? 3 : 2);
    if (is_cut) {
        const Perftools__Profiles__Sample *last = m->sample[m->n_sample - 1];
        assert_true(sums.frames > PPROF_MAX_FRAMES - 10000);
        assert_int_equal(last->location_id[0], 2);
        assert_string_equal(m->string_table[m->function[1]->name], "[deeper frames]");
    }
    free_message(m);
    free_recursion(&p);
}

static void stacks_are_cut_where_they_would_make_gigabytes(void **state)
{
    (void)state;
    assert_recursion(3990, false);
    assert_recursion(4010, true);
    assert_recursion(65535, true);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep_report(&traced, pprof_write);
    oom_sweep_report(&sampled, pprof_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traced_profile_is_written_with_calls_and_times),
        cmocka_unit_test(a_sampled_profile_is_written_with_samples_and_times),
        cmocka_unit_test(a_profile_without_functions_is_the_request),
        cmocka_unit_test(a_leaf_has_a_line_of_its_own_only_when_all_time_was_there),
        cmocka_unit_test(stacks_are_cut_where_they_would_make_gigabytes),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&traced);
    sample_sampling_make(&sampled);
    int failed = cmocka_run_group_tests_name("pprof", tests, NULL, NULL);
    sample_free(&traced);
    sample_free(&sampled);
    return failed;
}
