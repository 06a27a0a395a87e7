/* Compares random samples with a model that keeps them all and counts them again. */

#include "support.h"

#include "profile/profile.h"
#include "profile/stacks.h"
#include "profile/stats.h"

#include <stdlib.h>

#define SAMPLES 4000
#define ADDRESSES 12
#define FUNCS 8
#define POSITIONS 6
#define LINES (POSITIONS / 2) /* of a function; two positions each; line 0 is none */
#define DEPTH_MAX 14

struct level {
    uint8_t address, position, func;
};

struct entry {
    struct level levels[DEPTH_MAX];
    uint32_t depth;
    struct sample_time time;
    bool sampled; /* false: only charges time */
};

/* The figures of a function, a pair of functions, or a line. */
struct sum {
    uint64_t samples, self_ns, cumulative_ns;
    bool seen; /* in the current entry */
};

struct model {
    unsigned seed;
    uint8_t func_at[ADDRESSES]; /* the function whose code is at the address now */
    struct entry *entries;
    struct sum funcs[FUNCS], pairs[FUNCS][FUNCS], lines[FUNCS][LINES];
    uint64_t waits[WAIT_KINDS], total_ns, samples;
};

static const char code[ADDRESSES];

static unsigned pick(struct model *m, unsigned below)
{
    return (unsigned)rand_r(&m->seed) % below;
}

/* --- making samples */

/* Puts another function's code at the address. */
static void replace_code(struct model *m, struct stacks *s)
{
    unsigned address = pick(m, ADDRESSES);
    stacks_forget(s, &code[address]);
    m->func_at[address] = (uint8_t)pick(m, FUNCS);
}

/* Keeps some of the outermost frames. The innermost of those may have moved on. */
static void change_stack(struct model *m, struct entry *e, const struct entry *before)
{
    *e = *before;
    e->depth = before->depth - (before->depth ? pick(m, before->depth + 1) / 2 : 0);
    if (e->depth && pick(m, 2))
        e->levels[e->depth - 1].position = (uint8_t)pick(m, POSITIONS);
    for (unsigned more = pick(m, 4); more && e->depth < DEPTH_MAX; more--)
        e->levels[e->depth++] =
            (struct level){(uint8_t)pick(m, ADDRESSES), (uint8_t)pick(m, POSITIONS), 0};
    for (uint32_t i = 0; i < e->depth; i++)
        e->levels[i].func = m->func_at[e->levels[i].address];
    e->time = (struct sample_time){.dt_ns = pick(m, 1000),
                                   .cpu_ns = pick(m, 1200),
                                   .queued_ns = pick(m, 2) ? pick(m, 1200) : 0,
                                   .wait = (enum wait_kind)pick(m, WAIT_KINDS)};
}

static void learn(struct stacks *s, struct stack_frame frame, struct level level)
{
    char name[] = {(char)('a' + level.func), '\0'};
    if (!stacks_knows_code(s, frame.code))
        assert_true(stacks_learn_code(s, frame.code, STR("app.py"), level.func,
                                      str_from(name), str_from(name), false));
    if (!stacks_knows(s, frame))
        assert_true(stacks_learn_site(s, frame, level.position / 2));
}

static void hand_over(struct stacks *s, const struct entry *e)
{
    struct stack_frame frames[DEPTH_MAX];
    for (uint32_t i = 0; i < e->depth; i++) {
        frames[i] =
            (struct stack_frame){&code[e->levels[i].address], e->levels[i].position};
        learn(s, frames[i], e->levels[i]);
    }
    if (e->sampled)
        stacks_sample(s, frames, e->depth, e->time);
    else
        stacks_charge(s, stacks_place(s, frames, e->depth), e->time);
}

/* charges: one in so many entries is no sample; 0: all are samples. */
static struct profile *sample(struct model *m, uint32_t max_nodes, unsigned charges)
{
    struct stacks s;
    static const struct entry empty;
    assert_true(stacks_init(&s, max_nodes));
    for (unsigned i = 0; i < ADDRESSES; i++)
        m->func_at[i] = (uint8_t)pick(m, FUNCS);
    for (int i = 0; i < SAMPLES; i++) {
        struct entry *e = &m->entries[i];
        if (pick(m, 20) == 0)
            replace_code(m, &s);
        change_stack(m, e, i ? e - 1 : &empty);
        e->sampled = !charges || pick(m, charges);
        hand_over(&s, e);
    }
    struct profile *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->mode = MODE_SAMPLING;
    stacks_finish(&s, p);
    return p;
}

/* --- counting again */

/* Adds the entry to all sums that have not seen it yet. */
static void count_seen(struct sum *sum, const struct entry *e)
{
    if (sum->seen)
        return;
    sum->seen = true;
    sum->samples += e->sampled;
    sum->cumulative_ns += e->time.dt_ns;
}

static void count_entry(struct model *m, const struct entry *e)
{
    const struct level *innermost = NULL;
    for (uint32_t i = 0; i < e->depth; i++) {
        const struct level *l = &e->levels[i];
        count_seen(&m->funcs[l->func], e);
        count_seen(&m->lines[l->func][l->position / 2], e);
        if (innermost)
            count_seen(&m->pairs[innermost->func][l->func], e);
        innermost = l;
    }
    if (!innermost)
        return;
    m->funcs[innermost->func].self_ns += e->time.dt_ns;
    m->lines[innermost->func][innermost->position / 2].self_ns += e->time.dt_ns;
    if (e->depth > 1)
        m->pairs[innermost[-1].func][innermost->func].self_ns += e->time.dt_ns;
}

static void count_time(struct model *m, struct sample_time time)
{
    uint64_t cpu = time.cpu_ns < time.dt_ns ? time.cpu_ns : time.dt_ns;
    uint64_t rest = time.dt_ns - cpu;
    uint64_t queued = time.queued_ns < rest ? time.queued_ns : rest;
    m->waits[WAITS_CPU] += cpu;
    m->waits[WAITS_CPU_WAIT] += queued;
    m->waits[time.wait == WAITS_CPU ? WAITS_OTHER : time.wait] += rest - queued;
    m->total_ns += time.dt_ns;
}

static void see_nothing(struct sum *sums, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sums[i].seen = false;
}

static void count(struct model *m)
{
    for (int i = 0; i < SAMPLES; i++) {
        see_nothing(m->funcs, FUNCS);
        see_nothing(m->pairs[0], FUNCS * FUNCS);
        see_nothing(m->lines[0], FUNCS * LINES);
        count_entry(m, &m->entries[i]);
        count_time(m, m->entries[i].time);
        m->samples += m->entries[i].sampled;
    }
}

/* --- comparing */

static int func_of(const struct profile *p, uint32_t func)
{
    return p->functab.funcs[func].line;
}

#define NS(seconds) ((uint64_t)((seconds)*1e9 + 0.5))

static void compare_funcs(const struct model *m, const struct profile *p)
{
    struct stats s;
    uint32_t pairs = 0;
    assert_true(stats_compute(&s, p));
    assert_int_equal(s.func_count, FUNCS);
    for (uint32_t i = 0; i < s.func_count; i++) {
        const struct func_stats *f = &s.funcs[i];
        int func = func_of(p, f->func);
        const struct sum *sum = &m->funcs[func];
        assert_int_equal(f->calls, sum->samples);
        assert_int_equal(f->primitive, sum->samples);
        assert_int_equal(NS(f->self_s), sum->self_ns);
        assert_int_equal(NS(f->cumulative_s), sum->cumulative_ns);
        for (uint32_t k = 0; k < f->caller_count; k++) {
            const struct caller_stats *c = &s.callers[f->first_caller + k];
            sum = &m->pairs[func_of(p, c->caller)][func];
            assert_int_equal(c->calls, sum->samples);
            assert_int_equal(c->primitive, sum->samples);
            assert_int_equal(NS(c->self_s), sum->self_ns);
            assert_int_equal(NS(c->cumulative_s), sum->cumulative_ns);
        }
        pairs += f->caller_count;
    }
    for (int i = 0; i < FUNCS * FUNCS; i++)
        pairs -= m->pairs[i / FUNCS][i % FUNCS].samples > 0;
    assert_int_equal(pairs, 0);
    stats_free(&s);
}

static void compare_lines(const struct model *m, const struct profile *p)
{
    assert_int_equal(p->sampled.line_count, FUNCS * (LINES - 1));
    for (uint32_t i = 0; i < p->sampled.line_count; i++) {
        const struct line_time *l = &p->sampled.lines[i];
        assert_int_not_equal(l->line, 0);
        const struct sum *sum = &m->lines[func_of(p, l->func)][l->line];
        assert_int_equal(l->hits, sum->samples);
        assert_int_equal(l->self_ns, sum->self_ns);
        assert_int_equal(l->total_ns, sum->cumulative_ns);
    }
}

static void compare_waits(const struct model *m, const struct profile *p)
{
    for (int kind = 0; kind < WAIT_KINDS; kind++)
        assert_int_equal(
            sampled_wait_ns(&p->sampled, p->tree.count, (enum wait_kind)kind),
            m->waits[kind]);
    for (uint32_t i = 0; i < p->tree.count; i++) {
        uint64_t sum = 0;
        for (int kind = 0; kind < WAIT_KINDS; kind++)
            sum += p->sampled.node_wait_ns[i][kind];
        assert_int_equal(sum, p->tree.nodes[i].self);
    }
}

/* The moment's node is at the end of the entry's stack, or above it if the tree is
 * full. */
static void compare_moment(const struct profile *p, const struct moment *moment,
                           const struct entry *e)
{
    uint32_t depth = 0;
    for (uint32_t i = moment->node; i != CALLTREE_ROOT; i = p->tree.nodes[i].parent)
        depth++;
    assert_true(depth == e->depth || (depth < e->depth && p->tree.truncated));
    for (uint32_t i = moment->node; i != CALLTREE_ROOT; i = p->tree.nodes[i].parent)
        assert_int_equal(func_of(p, p->tree.nodes[i].func), e->levels[--depth].func);
    assert_int_equal(moment->dt_ns, e->time.dt_ns);
}

static void compare_timeline(const struct model *m, const struct profile *p)
{
    uint32_t at = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const struct entry *e = &m->entries[i];
        if (!e->sampled && !e->time.dt_ns)
            continue;
        assert_true(at < p->sampled.timeline_count);
        compare_moment(p, &p->sampled.timeline[at++], e);
    }
    assert_int_equal(at, p->sampled.timeline_count);
}

static void compare(unsigned seed, uint32_t max_nodes, unsigned charges)
{
    struct model m = {.seed = seed};
    m.entries = calloc(SAMPLES, sizeof *m.entries);
    assert_non_null(m.entries);
    struct profile *p = sample(&m, max_nodes, charges);
    count(&m);
    assert_int_equal(p->tree.nodes[CALLTREE_ROOT].calls, m.samples);
    assert_int_equal(p->sampled.samples, m.samples);
    assert_true(p->tree.count <= max_nodes);
    assert_int_equal(p->notices, max_nodes < 1000 ? 1u << NOTICE_TRUNCATED : 0);
    compare_funcs(&m, p);
    compare_lines(&m, p);
    compare_waits(&m, p);
    compare_timeline(&m, p);
    profile_destroy(p);
    free(m.entries);
}

static void samples_are_counted_as_the_model_counts_them(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 4; seed++)
        compare(seed, 1u << 20, 0);
}

static void time_without_samples_is_counted_as_the_model_does(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 4; seed++)
        compare(seed, 1u << 20, 3);
}

static void a_cut_tree_has_the_figures_of_the_model(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 3, 9, 40, 200, 900};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        compare(i + 1, sizes[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_counted_as_the_model_counts_them),
        cmocka_unit_test(time_without_samples_is_counted_as_the_model_does),
        cmocka_unit_test(a_cut_tree_has_the_figures_of_the_model),
    };
    return cmocka_run_group_tests_name("stacks_model", tests, NULL, NULL);
}
