#include "sample.h"

#include "profile/stacks.h"

#include <stdlib.h>

static void a_copy_of_the_request_has_its_facts_and_no_more(void **state)
{
    (void)state;
    struct sample s;
    sample_make(&s);
    assert_true(profile_set(&s.profile->exception, STR("ValueError")));
    struct profile *copy = profile_copy_request(s.profile);
    assert_non_null(copy);
    assert_string_equal(copy->id, s.profile->id);
    assert_str(copy->method, s.profile->method.data);
    assert_str(copy->path, s.profile->path.data);
    assert_true(copy->path.data != s.profile->path.data);
    assert_str(copy->query, s.profile->query.data);
    assert_str(copy->route, s.profile->route.data);
    assert_str(copy->python, s.profile->python.data);
    assert_str(copy->server, s.profile->server.data);
    assert_int_equal(copy->mode, s.profile->mode);
    assert_int_equal(copy->worker, s.profile->worker);
    assert_int_equal(copy->core, s.profile->core);
    assert_int_equal(copy->pid, s.profile->pid);
    assert_null(copy->exception.data);
    assert_int_equal(copy->status, 0);
    assert_int_equal(copy->wall_ns, 0);
    assert_int_equal(copy->functab.count, 0);
    assert_int_equal(copy->tree.count, 0);
    profile_destroy(copy);
    sample_free(&s);
}

static struct sample swept;

static bool copy_once(void)
{
    struct profile *copy = profile_copy_request(swept.profile);
    bool noticed = !copy || !copy->method.data || !copy->path.data ||
                   !copy->query.data || !copy->mount.data || !copy->route.data ||
                   !copy->python.data || !copy->server.data;
    profile_destroy(copy);
    return noticed;
}

static void without_memory_the_copy_lacks_texts(void **state)
{
    (void)state;
    sample_make(&swept);
    oom_sweep(copy_once);
    sample_free(&swept);
}

static void every_notice_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NOTICE_COUNT; i++) {
        assert_non_null(notice_name((enum notice_code)i));
        assert_non_null(notice_text((enum notice_code)i));
    }
    assert_string_equal(notice_name(NOTICE_HARAKIRI), "harakiri");
}

/* The memory of one profile, as docs/production.md promises it. */

#define NODES_BY_DEFAULT 65536

static void a_full_deterministic_profile_has_less_than_four_megabytes(void **state)
{
    (void)state;
    struct profile p = {0};
    assert_int_equal(sizeof(struct calltree_node), sizeof(void *) == 8 ? 40 : 32);
    assert_true(calltree_init(&p.tree, NODES_BY_DEFAULT));
    for (uint32_t func = 0; !p.tree.truncated; func++)
        calltree_child(&p.tree, CALLTREE_ROOT, func, NULL);
    assert_int_equal(p.tree.count, NODES_BY_DEFAULT);
    const bool is_64 = sizeof(void *) == 8;
    assert_in_range(profile_bytes(&p), is_64 ? 3100000 : 2600000,
                    is_64 ? 3200000 : 2700000);
    calltree_free(&p.tree);
}

#define DEPTH 16

/* Two functions call themselves and each other, in all possible ways. */
static void sample_each_path(struct stacks *s)
{
    static const char codes[2];
    struct stack_frame frames[DEPTH];
    const struct sample_time time = {.dt_ns = 1000, .wait = WAITS_SLEEP};
    for (int i = 0; i < 2; i++) {
        assert_true(
            stacks_learn_code(s, &codes[i], STR("a.py"), i, STR("f"), STR("f"), false));
        assert_true(stacks_learn_site(s, (struct stack_frame){&codes[i], 0}, 1));
    }
    for (uint32_t path = 0; path < 1u << DEPTH; path++) {
        for (uint32_t i = 0; i < DEPTH; i++)
            frames[i] = (struct stack_frame){&codes[path >> (DEPTH - 1 - i) & 1], 0};
        stacks_sample(s, frames, DEPTH, time);
    }
}

static void a_full_sampled_profile_has_about_eleven_megabytes(void **state)
{
    (void)state;
    struct stacks s;
    struct profile *p = calloc(1, sizeof *p);
    assert_non_null(p);
    assert_true(stacks_init(&s, NODES_BY_DEFAULT));
    sample_each_path(&s);
    stacks_finish(&s, p);
    assert_true(p->notices & 1u << NOTICE_TRUNCATED);
    assert_int_equal(p->sampled.timeline_count, STACKS_TIMELINE_MAX);
    assert_int_equal(sizeof *p->sampled.node_wait_ns, 96);
    assert_in_range(profile_bytes(p), sizeof(void *) == 8 ? 10500000 : 9900000,
                    10700000);
    profile_destroy(p);
}

static void a_wait_is_known_where_the_mode_tells(void **state)
{
    (void)state;
    uint64_t waits[1][WAIT_KINDS] = {{[WAITS_CPU] = 5, [WAITS_CPU_WAIT] = 6}};
    struct profile p = {.cpu_ns = 3, .cpu_wait_ns = 4};
    p.tree.count = 1;
    p.sampled.node_wait_ns = waits;
    assert_int_equal(profile_wait_ns(&p, WAITS_CPU), 3);
    assert_int_equal(profile_wait_ns(&p, WAITS_CPU_WAIT), 4);
    assert_int_equal(profile_wait_ns(&p, WAITS_SLEEP), 0);
    p.mode = MODE_SAMPLING;
    assert_int_equal(profile_wait_ns(&p, WAITS_CPU), 5);
    assert_int_equal(profile_wait_ns(&p, WAITS_CPU_WAIT), 6);
}

static void a_function_has_a_few_hundred_bytes(void **state)
{
    (void)state;
    const int count = 20000;
    struct profile p = {0};
    for (int line = 0; line < count; line++)
        functab_intern(
            &p.functab,
            STR("/usr/lib/python3/dist-packages/django/db/models/sql/compiler.py"),
            line, STR("get_extra_descriptor"));
    assert_int_equal(p.functab.count, count);
    assert_in_range(profile_bytes(&p) / (size_t)count, 100, 250);
    functab_free(&p.functab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_of_the_request_has_its_facts_and_no_more),
        cmocka_unit_test(without_memory_the_copy_lacks_texts),
        cmocka_unit_test(every_notice_has_a_name_and_a_sentence),
        cmocka_unit_test(a_full_deterministic_profile_has_less_than_four_megabytes),
        cmocka_unit_test(a_full_sampled_profile_has_about_eleven_megabytes),
        cmocka_unit_test(a_wait_is_known_where_the_mode_tells),
        cmocka_unit_test(a_function_has_a_few_hundred_bytes),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
