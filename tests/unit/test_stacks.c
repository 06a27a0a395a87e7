/* Samples written as text: "a1b2" is function a, at its position 1, which called b, now
 * at its position 2. */

#include "support.h"

#include "profile/profile.h"
#include "profile/stacks.h"
#include "profile/stats.h"

#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX 20000
#define NODES 1000

static const char codes[26]; /* code objects; only their addresses are used */
static struct stack_frame frames[DEPTH_MAX];

static struct stack_frame frame_of(const char *text)
{
    return (struct stack_frame){&codes[text[0] - 'a'], text[1] - '0'};
}

/* Functions start at lines 10, 20, ...; each line has two positions. */
static int32_t line_of(const char *text)
{
    return (text[0] - 'a' + 1) * 10 + (text[1] - '0') / 2;
}

static bool learn(struct stacks *s, const char *text)
{
    struct stack_frame frame = frame_of(text);
    struct str name = {text, 1};
    if (stacks_knows(s, frame))
        return true;
    if (!stacks_knows_code(s, frame.code) &&
        !stacks_learn_code(s, frame.code, STR("app.py"), (text[0] - 'a' + 1) * 10, name,
                           name, false))
        return false;
    return stacks_learn_site(s, frame, line_of(text));
}

/* Returns the depth of the stack, and teaches all of its frames, unless out of
 * memory. */
static uint32_t read_stack(struct stacks *s, const char *text)
{
    uint32_t depth = 0;
    for (; *text; text += 2) {
        if (!learn(s, text))
            return 0;
        frames[depth++] = frame_of(text);
    }
    return depth;
}

static void take(struct stacks *s, const char *text, struct sample_time time)
{
    uint32_t depth = read_stack(s, text);
    stacks_sample(s, frames, depth, time);
}

/* Adds a sample in which the thread ran for ns. */
static void ran(struct stacks *s, const char *text, uint64_t ns)
{
    take(s, text, (struct sample_time){ns, ns, 0, WAITS_CPU});
}

static void start(struct stacks *s)
{
    assert_true(stacks_init(s, NODES));
}

static struct profile *finish(struct stacks *s)
{
    struct profile *p = calloc(1, sizeof *p);
    if (!p) {
        stacks_free(s);
        return NULL;
    }
    p->mode = MODE_SAMPLING;
    stacks_finish(s, p);
    return p;
}

/* Finds a node by the names of the functions on its path: "ab". */
static uint32_t node_at(const struct profile *p, const char *path)
{
    uint32_t node = CALLTREE_ROOT;
    for (; *path; path++) {
        uint32_t i = 1;
        while (i < p->tree.count &&
               (p->tree.nodes[i].parent != node ||
                functab_name(&p->functab, p->tree.nodes[i].func).data[0] != *path))
            i++;
        assert_true(i < p->tree.count);
        node = i;
    }
    return node;
}

static void assert_node(const struct profile *p, const char *path, uint64_t samples,
                        uint64_t self_ns)
{
    const struct calltree_node *node = &p->tree.nodes[node_at(p, path)];
    assert_int_equal(node->calls, samples);
    assert_int_equal(node->self, self_ns);
}

static void assert_line(const struct profile *p, int32_t line, uint64_t hits,
                        uint64_t self_ns)
{
    for (uint32_t i = 0; i < p->sampled.line_count; i++) {
        const struct line_time *l = &p->sampled.lines[i];
        if (l->line != line)
            continue;
        assert_int_equal(p->functab.funcs[l->func].line, line / 10 * 10);
        assert_int_equal(l->hits, hits);
        assert_int_equal(l->self_ns, self_ns);
        return;
    }
    fail_msg("no line %d", line);
}

static void assert_func(const struct profile *p, const struct stats *s, char name,
                        uint64_t samples, double self_s, double cumulative_s)
{
    for (uint32_t i = 0; i < s->func_count; i++) {
        const struct func_stats *f = &s->funcs[i];
        if (functab_name(&p->functab, f->func).data[0] != name)
            continue;
        assert_int_equal(f->calls, samples);
        assert_int_equal(f->primitive, samples);
        assert_float_equal(f->self_s, self_s, 1e-12);
        assert_float_equal(f->cumulative_s, cumulative_s, 1e-12);
        return;
    }
    fail_msg("no function %c", name);
}

/* The parts of each node's time must add up to it. */
static void assert_waits_whole(const struct profile *p)
{
    for (uint32_t i = 0; i < p->tree.count; i++) {
        uint64_t sum = 0;
        for (int kind = 0; kind < WAIT_KINDS; kind++)
            sum += p->sampled.node_wait_ns[i][kind];
        assert_int_equal(sum, p->tree.nodes[i].self);
    }
}

static uint64_t timeline_ns(const struct profile *p)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < p->sampled.timeline_count; i++)
        sum += p->sampled.timeline[i].dt_ns;
    return sum;
}

static void
a_node_has_the_samples_that_pass_through_it_and_the_time_of_its_own(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    ran(&s, "a0", 5);
    ran(&s, "a0b0", 7);
    ran(&s, "a0b0c0", 11);
    ran(&s, "a0c0", 13);
    ran(&s, "", 17);
    ran(&s, "a2b2", 19); /* elsewhere in the same functions */
    struct profile *p = finish(&s);
    assert_int_equal(p->tree.count, 5);
    assert_int_equal(p->sampled.samples, 6);
    assert_node(p, "", 6, 17);
    assert_node(p, "a", 5, 5);
    assert_node(p, "ab", 3, 26);
    assert_node(p, "abc", 1, 11);
    assert_node(p, "ac", 1, 13);
    assert_int_equal(p->notices, 0);
    assert_waits_whole(p);
    profile_destroy(p);
}

static void a_profile_without_a_sample_says_so(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    struct profile *p = finish(&s);
    assert_int_equal(p->notices, 1u << NOTICE_NO_SAMPLES);
    assert_int_equal(p->tree.count, 1);
    assert_waits_whole(p);
    profile_destroy(p);
}

static void without_a_sample_the_waits_take_little_memory(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    stacks_rest(&s, (struct sample_time){7, 0, 0, WAITS_OTHER});
    struct profile *p = finish(&s);
    assert_true(p->sampled.node_wait_cap >= 1 && p->sampled.node_wait_cap <= 16);
    assert_int_equal(p->sampled.node_wait_ns[CALLTREE_ROOT][WAITS_OTHER], 7);
    assert_true(profile_bytes(p) >= p->sampled.node_wait_cap * WAIT_KINDS * 8);
    profile_destroy(p);
}

static void a_line_is_hit_once_by_a_sample_that_has_it_on_its_stack_often(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    ran(&s, "a2a2a3a2", 5); /* 2 and 3 are one line */
    ran(&s, "a2", 7);
    ran(&s, "a4a2b0", 11);
    struct profile *p = finish(&s);
    assert_int_equal(p->sampled.line_count, 3);
    assert_line(p, 11, 3, 12);
    assert_line(p, 12, 1, 0);
    assert_line(p, 20, 1, 11);
    profile_destroy(p);
}

static void the_rest_goes_to_the_node_and_the_line_of_the_last_sample(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    stacks_rest(&s,
                (struct sample_time){3, 3, 0, WAITS_CPU}); /* no sample: the request */
    ran(&s, "a2b0", 5);
    ran(&s, "a2", 7);
    read_stack(&s, "a4b0");
    stacks_place(&s, frames, 2); /* the place where it left, as it ends */
    stacks_rest(&s, (struct sample_time){11, 11, 0, WAITS_CPU});
    struct profile *p = finish(&s);
    assert_int_equal(p->tree.nodes[CALLTREE_ROOT].self, 3);
    assert_int_equal(p->tree.nodes[1].self, 18);
    assert_line(p, 11, 2, 18);
    assert_line(p, 20, 1, 5);
    profile_destroy(p);
}

static void a_builtin_is_a_function_without_lines(void **state)
{
    (void)state;
    struct stacks s;
    struct stack_frame builtin = {&codes[25], -1};
    start(&s);
    assert_true(
        stacks_learn_code(&s, builtin.code, STR("~"), 0, STR("len"), STR(""), false));
    assert_true(stacks_learn_site(&s, builtin, 0));
    assert_int_equal(read_stack(&s, "a0"), 1);
    frames[1] = builtin;
    stacks_sample(&s, frames, 2, (struct sample_time){5, 5, 0, WAITS_CPU});
    struct profile *p = finish(&s);
    assert_node(p, "al", 1, 5);
    assert_int_equal(p->sampled.line_count, 1);
    assert_line(p, 10, 1, 0);
    profile_destroy(p);
}

static void the_timeline_tells_what_each_moment_went_to(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    take(&s, "a0", (struct sample_time){10, 5, 0, WAITS_DISK}); /* half of it running */
    take(&s, "a0b0", (struct sample_time){10, 4, 0, WAITS_DISK});
    take(&s, "a0", (struct sample_time){10, 4, 0, WAITS_CPU}); /* now it is running */
    struct profile *p = finish(&s);
    uint32_t a = node_at(p, "a"), b = node_at(p, "ab");
    const struct moment wanted[] = {
        {10, a, WAITS_CPU}, {10, b, WAITS_DISK}, {10, a, WAITS_OTHER}};
    assert_int_equal(p->sampled.timeline_count, 3);
    assert_memory_equal(p->sampled.timeline, wanted, sizeof wanted);
    profile_destroy(p);
}

static void what_a_thread_did_not_run_it_waited(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    take(&s, "a0", (struct sample_time){100, 30, 0, WAITS_NETWORK_READ});
    take(&s, "a0", (struct sample_time){100, 20, 0, WAITS_GIL});
    take(&s, "a0", (struct sample_time){100, 90, 0, WAITS_CPU});
    struct profile *p = finish(&s);
    const uint64_t *waits = p->sampled.node_wait_ns[node_at(p, "a")];
    assert_int_equal(waits[WAITS_CPU], 30 + 20 + 90);
    assert_int_equal(waits[WAITS_NETWORK_READ], 70);
    assert_int_equal(waits[WAITS_GIL], 80);
    assert_int_equal(waits[WAITS_OTHER], 10);
    assert_waits_whole(p);
    profile_destroy(p);
}

static void a_wait_for_a_processor_is_a_part_of_its_own(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    take(&s, "a0", (struct sample_time){100, 30, 60, WAITS_NETWORK_READ});
    take(&s, "b0", (struct sample_time){100, 10, 40, WAITS_CPU});
    take(&s, "b0", (struct sample_time){100, 0, 100, WAITS_CPU});
    stacks_was_queued(&s,
                      45); /* of the second sample, which has 50 of an unknown kind */
    take(&s, "c0", (struct sample_time){100, 50, 100, WAITS_SLEEP});
    stacks_was_queued(&s, 100); /* only 5 are left */
    stacks_was_queued(&s, 100);
    struct profile *p = finish(&s);
    const uint64_t *a = p->sampled.node_wait_ns[node_at(p, "a")];
    const uint64_t *b = p->sampled.node_wait_ns[node_at(p, "b")];
    const uint64_t *c = p->sampled.node_wait_ns[node_at(p, "c")];
    assert_int_equal(a[WAITS_CPU_WAIT], 60);
    assert_int_equal(a[WAITS_NETWORK_READ], 10);
    assert_int_equal(b[WAITS_CPU_WAIT], 190);
    assert_int_equal(b[WAITS_OTHER], 0);
    assert_int_equal(c[WAITS_CPU_WAIT], 50);
    assert_int_equal(c[WAITS_SLEEP], 0);
    assert_waits_whole(p);
    const enum wait_kind wanted[] = {WAITS_CPU_WAIT, WAITS_CPU_WAIT, WAITS_CPU_WAIT,
                                     WAITS_CPU};
    for (int i = 0; i < 4; i++)
        assert_int_equal(p->sampled.timeline[i].wait, wanted[i]);
    profile_destroy(p);
}

static void who_was_waited_for_loses_what_was_a_wait_for_a_processor(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    take(&s, "a0", (struct sample_time){100, 0, 0, WAITS_NETWORK_READ});
    stacks_peer(&s, "10.0.0.5:5432", WAITS_NETWORK_READ, 100);
    take(&s, "a0", (struct sample_time){100, 10, 20, WAITS_NETWORK_READ});
    stacks_peer(&s, "10.0.0.5:6379", WAITS_NETWORK_READ, 70);
    stacks_was_queued(&s, 30);
    take(&s, "a0", (struct sample_time){100, 0, 0, WAITS_OTHER});
    stacks_was_queued(&s, 30); /* no sample has them */
    struct profile *p = finish(&s);
    assert_int_equal(p->sampled.peers[0].ns, 100);
    assert_int_equal(p->sampled.peers[1].ns, 40);
    assert_int_equal(sampled_wait_ns(&p->sampled, p->tree.count, WAITS_NETWORK_READ),
                     140);
    assert_waits_whole(p);
    profile_destroy(p);
}

/* No sample was taken, or memory ran out for the parts. */
static void without_a_rest_nothing_turns_out_to_be_a_wait(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    stacks_was_queued(&s, 100);
    ran(&s, "a0", 5);
    stacks_was_queued(&s, 100);
    struct profile *p = finish(&s);
    assert_int_equal(sampled_wait_ns(&p->sampled, p->tree.count, WAITS_CPU_WAIT), 0);
    assert_waits_whole(p);
    profile_destroy(p);
}

/* The two clocks are not read at the same instant. */
static void a_thread_runs_no_longer_than_the_time_that_went_by(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    take(&s, "a0", (struct sample_time){100, 130, 0, WAITS_SLEEP});
    take(&s, "a0", (struct sample_time){0, 3, 0, WAITS_SLEEP});
    struct profile *p = finish(&s);
    assert_int_equal(p->sampled.node_wait_ns[1][WAITS_CPU], 100);
    assert_int_equal(p->sampled.timeline[0].wait, WAITS_CPU);
    assert_waits_whole(p);
    profile_destroy(p);
}

static void a_timeline_that_is_full_keeps_its_time_in_half_the_moments(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    for (uint32_t i = 0; i < STACKS_TIMELINE_MAX; i++)
        ran(&s, i % 2 ? "a0" : "b0", 1 + i % 2);
    assert_int_equal(s.sampled.timeline_count, STACKS_TIMELINE_MAX);
    ran(&s, "c0", 4);
    assert_int_equal(s.sampled.timeline_count, STACKS_TIMELINE_MAX / 2 + 1);
    ran(&s, "c0", 4);
    ran(&s, "a0", 4);
    struct profile *p = finish(&s);
    assert_int_equal(p->notices, 1u << NOTICE_THINNED);
    assert_int_equal(p->sampled.timeline_count, STACKS_TIMELINE_MAX / 2 + 2);
    assert_int_equal(timeline_ns(p), STACKS_TIMELINE_MAX / 2 * 3 + 12);
    for (uint32_t i = 0; i < STACKS_TIMELINE_MAX / 2; i++) {
        assert_int_equal(p->sampled.timeline[i].node, node_at(p, "a"));
        assert_int_equal(p->sampled.timeline[i].dt_ns, 3);
    }
    assert_int_equal(p->sampled.timeline[STACKS_TIMELINE_MAX / 2].dt_ns, 8);
    assert_int_equal(p->sampled.samples, STACKS_TIMELINE_MAX + 3);
    profile_destroy(p);
}

/* Each moment then stands for four samples. */
static void the_longest_of_merged_moments_stands_for_all(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    for (uint32_t i = 0; i < STACKS_TIMELINE_MAX * 4; i++)
        ran(&s, i % 4 == 2 ? "b0" : "a0", i % 4 == 2 ? 900 : 500);
    struct profile *p = finish(&s);
    uint32_t b = node_at(p, "b");
    assert_int_equal(p->sampled.timeline_count, STACKS_TIMELINE_MAX);
    assert_int_equal(timeline_ns(p), STACKS_TIMELINE_MAX * 2400ull);
    for (uint32_t i = STACKS_TIMELINE_MAX / 2; i < STACKS_TIMELINE_MAX; i++) {
        assert_int_equal(p->sampled.timeline[i].dt_ns, 2400);
        assert_int_equal(p->sampled.timeline[i].node, b);
    }
    profile_destroy(p);
}

static void peers_are_told_apart_by_name_and_by_what_was_waited_for(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    stacks_peer(&s, "10.0.0.5:5432", WAITS_NETWORK_READ, 3);
    stacks_peer(&s, "10.0.0.5:5432", WAITS_NETWORK_WRITE, 5);
    stacks_peer(&s, "10.0.0.5:543", WAITS_NETWORK_READ, 7);
    stacks_peer(&s, "10.0.0.5:5432", WAITS_NETWORK_READ, 11);
    struct profile *p = finish(&s);
    const struct peer *peers = p->sampled.peers;
    assert_int_equal(p->sampled.peer_count, 3);
    assert_string_equal(peers[0].name, "10.0.0.5:5432");
    assert_int_equal(peers[0].ns, 14);
    assert_int_equal(peers[1].wait, WAITS_NETWORK_WRITE);
    assert_int_equal(peers[1].ns, 5);
    assert_int_equal(peers[2].ns, 7);
    profile_destroy(p);
}

static void peers_beyond_the_most_there_may_be_are_left_out(void **state)
{
    (void)state;
    struct stacks s;
    char name[200];
    start(&s);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < STACKS_PEERS_MAX + 10; i++) {
            snprintf(name, sizeof name, "10.0.0.%d:80", i);
            stacks_peer(&s, name, WAITS_NETWORK_READ, 3);
        }
    struct profile *p = finish(&s);
    assert_int_equal(p->sampled.peer_count, STACKS_PEERS_MAX);
    for (int i = 0; i < STACKS_PEERS_MAX; i++)
        assert_int_equal(p->sampled.peers[i].ns, 6);
    profile_destroy(p);
}

static void a_peer_of_a_long_name_is_one_peer(void **state)
{
    (void)state;
    struct stacks s;
    char name[200];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    start(&s);
    stacks_peer(&s, name, WAITS_NETWORK_READ, 3);
    stacks_peer(&s, name, WAITS_NETWORK_READ, 3);
    assert_int_equal(s.sampled.peer_count, 1);
    assert_int_equal(strlen(s.sampled.peers[0].name), PEER_NAME_SIZE - 1);
    stacks_free(&s);
}

static void time_away_goes_to_where_the_stack_was_left(void **state)
{
    (void)state;
    struct stacks s;
    struct stats stats;
    start(&s);
    ran(&s, "a0", 10);
    uint32_t depth = read_stack(&s, "a0b0");
    struct stacks_place place = stacks_place(&s, frames, depth);
    stacks_charge(&s, place, (struct sample_time){500, 0, 0, WAITS_SWITCHED_OUT});
    stacks_charge(&s, place, (struct sample_time){0, 0, 0, WAITS_SWITCHED_OUT});
    ran(&s, "a0", 10);
    struct profile *p = finish(&s);
    assert_node(p, "a", 2, 20);
    assert_node(p, "ab", 0, 500);
    assert_int_equal(p->sampled.node_wait_ns[place.node][WAITS_SWITCHED_OUT], 500);
    assert_int_equal(p->sampled.samples, 2);
    assert_int_equal(p->sampled.timeline_count, 3);
    assert_int_equal(p->sampled.timeline[1].wait, WAITS_SWITCHED_OUT);
    assert_waits_whole(p);
    assert_true(stats_compute(&stats, p));
    assert_func(p, &stats, 'a', 2, 20e-9, 520e-9);
    assert_func(p, &stats, 'b', 0, 500e-9, 500e-9);
    stats_free(&stats);
    profile_destroy(p);
}

static void the_outermost_frames_that_stay_are_not_looked_up_again(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    ran(&s, "a0b0c0", 1);
    uint32_t depth = read_stack(&s, "a0b2c0");
    assert_int_equal(stacks_common(&s, frames, depth), 1);
    stacks_forget(&s, &codes['z' - 'a']); /* never seen */
    assert_int_equal(stacks_common(&s, frames, depth), 1);
    stacks_forget(&s, &codes[0]);
    assert_int_equal(stacks_common(&s, frames, depth), 0);
    stacks_free(&s);
}

static void an_address_that_was_forgotten_can_come_to_be_another_function(void **state)
{
    (void)state;
    struct stacks s;
    struct stack_frame frame = frame_of("b2");
    start(&s);
    ran(&s, "a0b2", 3);
    stacks_forget(&s, frame.code);
    assert_false(stacks_knows(&s, frame));
    assert_false(stacks_knows_code(&s, frame.code));
    assert_true(stacks_learn_code(&s, frame.code, STR("app.py"), 90, STR("new"),
                                  STR("new"), true));
    assert_false(stacks_knows(&s, frame)); /* although it was a site of b */
    assert_true(stacks_learn_site(&s, frame, 95));
    ran(&s, "a0b2", 5);
    struct profile *p = finish(&s);
    assert_node(p, "a", 2, 0);
    assert_node(p, "ab", 1, 3);
    assert_node(p, "an", 1, 5);
    assert_line(p, 21, 1, 3);
    assert_line(p, 95, 1, 5);
    profile_destroy(p);
}

static void two_code_objects_of_one_name_are_one_function(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    ran(&s, "a0", 3);
    struct stack_frame other = {&codes[25], 0};
    assert_true(
        stacks_learn_code(&s, other.code, STR("app.py"), 10, STR("a"), STR("a"), true));
    assert_true(stacks_learn_site(&s, other, 10));
    stacks_sample(&s, &other, 1, (struct sample_time){5, 5, 0, WAITS_CPU});
    struct profile *p = finish(&s);
    assert_node(p, "a", 2, 8);
    assert_line(p, 10, 2, 8);
    assert_int_equal(p->functab.count, 1);
    assert_true(functab_is_hidden(&p->functab, 0)); /* the last call decides */
    profile_destroy(p);
}

static void a_full_tree_keeps_the_time_and_counts_beneath_by_function(void **state)
{
    (void)state;
    struct stacks s;
    struct stats stats;
    assert_true(stacks_init(&s, 2)); /* the request and one more */
    ran(&s, "a0", 3);
    ran(&s, "a0b0c0", 5);
    ran(&s, "a0b0a0", 7);
    ran(&s, "b0", 11); /* below the request itself */
    struct profile *p = finish(&s);
    assert_int_equal(p->notices, 1u << NOTICE_TRUNCATED);
    assert_int_equal(p->tree.count, 2);
    assert_node(p, "", 4, 11);
    assert_node(p, "a", 3, 15);
    assert_line(p, 20, 3, 11);
    assert_waits_whole(p);
    assert_true(stats_compute(&stats, p));
    assert_func(p, &stats, 'a', 3, 10e-9, 15e-9);
    assert_func(p, &stats, 'b', 3, 11e-9, 23e-9);
    assert_func(p, &stats, 'c', 1, 5e-9, 5e-9);
    stats_free(&stats);
    profile_destroy(p);
}

/* The deepest stack that frames.h allows. The tree has room for max_nodes. */
static void sample_deep_stack(uint32_t max_nodes)
{
    const uint32_t depth = 16384;
    struct stacks s;
    struct stats stats;
    assert_true(stacks_init(&s, max_nodes));
    assert_true(learn(&s, "a0") && learn(&s, "b0") && learn(&s, "c0"));
    for (uint32_t i = 0; i < depth; i++)
        frames[i] = frame_of(i % 2 ? "b0" : "a0");
    for (int i = 0; i < 10; i++) {
        frames[depth - 1] = frame_of(i % 2 ? "b0" : "c0");
        stacks_sample(&s, frames, depth, (struct sample_time){3, 3, 0, WAITS_CPU});
    }
    ran(&s, "a0", 5);
    struct profile *p = finish(&s);
    assert_true(p->tree.count == max_nodes || p->tree.count == depth + 2);
    assert_node(p, "a", 11, 5);
    assert_line(p, 20, 10, 15);
    assert_waits_whole(p);
    assert_true(stats_compute(&stats, p));
    assert_func(p, &stats, 'a', 11, 5e-9, 35e-9);
    assert_func(p, &stats, 'b', 10, 15e-9, 30e-9);
    assert_func(p, &stats, 'c', 5, 15e-9, 15e-9);
    stats_free(&stats);
    profile_destroy(p);
}

static void the_deepest_stacks_are_counted(void **state)
{
    (void)state;
    sample_deep_stack(1u << 20);
    sample_deep_stack(1000);
}

/* Uses everything, and makes each table grow more than once. */
static void sample_much(struct stacks *s)
{
    char text[] = "a0a0a0a0b0";
    for (int i = 0; i < 2000; i++) {
        text[0] = (char)('a' + i % 3);
        text[2] = (char)('a' + i / 3 % 26);
        text[4] = (char)('a' + i / 7 % 26);
        text[5] = (char)('0' + i % 10);
        text[7] = (char)('0' + i / 10 % 10);
        ran(s, text + 2 * (i % 4), 1);
        if (i % 100 == 50)
            stacks_forget(s, &codes[i / 100]);
    }
    for (uint32_t i = 0; i < 600; i++)
        frames[i] = frame_of(i ? "b0" : "a0");
    if (learn(s, "a0") && learn(s, "b0"))
        stacks_charge(s, stacks_place(s, frames, 600),
                      (struct sample_time){9, 0, 0, WAITS_SWITCHED_OUT});
    stacks_peer(s, "/run/db.sock", WAITS_NETWORK_READ, 1);
}

/* Even when out of memory, the tree has the time of all samples. */
static bool sample_and_derive(uint32_t max_nodes)
{
    struct stacks s;
    struct stats stats;
    if (!stacks_init(&s, max_nodes))
        return true;
    sample_much(&s);
    struct profile *p = finish(&s);
    if (!p)
        return true;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < p->tree.count; i++)
        sum += p->tree.nodes[i].self;
    bool noticed = p->notices & 1u << NOTICE_MEMORY;
    noticed |= p->tree.truncated && max_nodes > 1; /* full only when out of memory */
    assert_int_equal(p->sampled.samples, 2000);
    assert_true(sum == 2009 || (noticed && sum == 2000));
    if (!noticed) {
        assert_waits_whole(p);
        assert_int_equal(timeline_ns(p), 2009);
    }
    noticed |= !stats_compute(&stats, p);
    stats_free(&stats);
    profile_destroy(p);
    return noticed;
}

static bool sample_with_a_tree(void)
{
    return sample_and_derive(1u << 20);
}

static bool sample_without_a_tree(void)
{
    return sample_and_derive(1);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(sample_with_a_tree);
    oom_sweep(sample_without_a_tree);
}

static bool ends_alike(struct stacks *s, const char *text)
{
    uint32_t depth = read_stack(s, text);
    return stacks_ends_alike(s, frames, depth);
}

static void the_innermost_function_goes_by_its_code_and_depth(void **state)
{
    (void)state;
    struct stacks s;
    start(&s);
    assert_true(ends_alike(&s, ""));
    assert_false(ends_alike(&s, "a1"));
    ran(&s, "a1b2", 10);
    assert_true(ends_alike(&s, "a1b2"));
    assert_true(ends_alike(&s, "a3b4")); /* it goes on, in both */
    assert_false(ends_alike(&s, "a1c2"));
    assert_false(ends_alike(&s, "a1"));
    assert_false(ends_alike(&s, "a1b2b2"));
    ran(&s, "", 10);
    assert_true(ends_alike(&s, ""));
    assert_false(ends_alike(&s, "a1b2"));
    stacks_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_node_has_the_samples_that_pass_through_it_and_the_time_of_its_own),
        cmocka_unit_test(a_profile_without_a_sample_says_so),
        cmocka_unit_test(without_a_sample_the_waits_take_little_memory),
        cmocka_unit_test(a_line_is_hit_once_by_a_sample_that_has_it_on_its_stack_often),
        cmocka_unit_test(the_rest_goes_to_the_node_and_the_line_of_the_last_sample),
        cmocka_unit_test(a_builtin_is_a_function_without_lines),
        cmocka_unit_test(the_timeline_tells_what_each_moment_went_to),
        cmocka_unit_test(what_a_thread_did_not_run_it_waited),
        cmocka_unit_test(a_wait_for_a_processor_is_a_part_of_its_own),
        cmocka_unit_test(who_was_waited_for_loses_what_was_a_wait_for_a_processor),
        cmocka_unit_test(without_a_rest_nothing_turns_out_to_be_a_wait),
        cmocka_unit_test(a_thread_runs_no_longer_than_the_time_that_went_by),
        cmocka_unit_test(a_timeline_that_is_full_keeps_its_time_in_half_the_moments),
        cmocka_unit_test(the_longest_of_merged_moments_stands_for_all),
        cmocka_unit_test(peers_are_told_apart_by_name_and_by_what_was_waited_for),
        cmocka_unit_test(peers_beyond_the_most_there_may_be_are_left_out),
        cmocka_unit_test(a_peer_of_a_long_name_is_one_peer),
        cmocka_unit_test(time_away_goes_to_where_the_stack_was_left),
        cmocka_unit_test(the_outermost_frames_that_stay_are_not_looked_up_again),
        cmocka_unit_test(an_address_that_was_forgotten_can_come_to_be_another_function),
        cmocka_unit_test(the_innermost_function_goes_by_its_code_and_depth),
        cmocka_unit_test(two_code_objects_of_one_name_are_one_function),
        cmocka_unit_test(a_full_tree_keeps_the_time_and_counts_beneath_by_function),
        cmocka_unit_test(the_deepest_stacks_are_counted),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("stacks", tests, NULL, NULL);
}
