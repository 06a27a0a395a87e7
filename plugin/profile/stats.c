#include "stats.h"

#include "preorder.h"
#include "profile.h"

#include <stdlib.h>

/* Working memory of one computation. */
struct sums {
    struct overflow_func *funcs; /* by function id; nanoseconds */
    struct pairtab pairs;
    struct preorder order;
    uint64_t *total; /* by node: self time and all below */
    uint32_t *pair;  /* by node: index of its (caller, function) pair */
};

static void *zeroed(size_t count, size_t size)
{
    return calloc(count ? count : 1, size);
}

static bool sums_init(struct sums *m, const struct profile *p)
{
    uint32_t nodes = p->tree.count;
    *m = (struct sums){
        .funcs = zeroed(p->functab.count, sizeof *m->funcs),
        .total = zeroed(nodes, sizeof *m->total),
        .pair = zeroed(nodes, sizeof *m->pair),
    };
    return preorder_make(&m->order, &p->tree) && m->funcs && m->total && m->pair;
}

static void sums_free(struct sums *m)
{
    preorder_free(&m->order);
    free(m->funcs);
    free(m->total);
    free(m->pair);
    pairtab_free(&m->pairs);
}

/* From the end, as children come after their parents. */
static void sum_up(struct sums *m, const struct calltree *t)
{
    for (uint32_t i = t->count; i-- > 1;) {
        m->total[i] += t->nodes[i].self;
        m->total[t->nodes[i].parent] += m->total[i];
    }
}

static bool enter_node(struct sums *m, const struct calltree *t, uint32_t node)
{
    const struct calltree_node *n = &t->nodes[node];
    struct overflow_func *f = &m->funcs[n->func];
    f->calls += n->calls;
    f->self += (int64_t)n->self;
    if (f->on_path++ == 0) {
        f->primitive += n->calls;
        f->cumulative += (int64_t)m->total[node];
    }
    if (n->parent == CALLTREE_ROOT)
        return true;
    struct pair *p = pairtab_get(&m->pairs, t->nodes[n->parent].func, n->func);
    if (!p)
        return false;
    m->pair[node] = (uint32_t)(p - m->pairs.pairs);
    p->calls += n->calls;
    p->self += (int64_t)n->self;
    if (p->on_path++ == 0) {
        p->primitive += n->calls;
        p->cumulative += (int64_t)m->total[node];
    }
    return true;
}

static void leave_node(struct sums *m, const struct calltree *t, uint32_t node)
{
    m->funcs[t->nodes[node].func].on_path--;
    if (t->nodes[node].parent != CALLTREE_ROOT)
        m->pairs.pairs[m->pair[node]].on_path--;
}

/* Walks depth first, so that the functions above a node are those that it was called
 * from. */
static bool walk(struct sums *m, const struct calltree *t)
{
    uint32_t last = CALLTREE_ROOT;
    for (uint32_t i = 1; i < m->order.count; i++) {
        uint32_t node = m->order.nodes[i];
        for (; last != t->nodes[node].parent; last = t->nodes[last].parent)
            leave_node(m, t, last);
        if (!enter_node(m, t, node))
            return false;
        last = node;
    }
    return true;
}

static bool add_overflow(struct sums *m, const struct profile *p)
{
    const struct overflow *o = &p->overflow;
    for (uint32_t i = 0; i < o->func_count && i < p->functab.count; i++) {
        m->funcs[i].calls += o->funcs[i].calls;
        m->funcs[i].primitive += o->funcs[i].primitive;
        m->funcs[i].self += o->funcs[i].self;
        m->funcs[i].cumulative += o->funcs[i].cumulative;
    }
    for (uint32_t i = 0; i < o->pairs.count; i++) {
        const struct pair *from = &o->pairs.pairs[i];
        struct pair *to = pairtab_get(&m->pairs, from->caller, from->callee);
        if (!to)
            return false;
        to->calls += from->calls;
        to->primitive += from->primitive;
        to->self += from->self;
        to->cumulative += from->cumulative;
    }
    return true;
}

/* A sample that has a function on its stack several times counts once: at the outermost
 * call, where primitive calls are counted. */
static void count_samples_once(struct sums *m, const struct profile *p)
{
    for (uint32_t id = 0; id < p->functab.count; id++)
        m->funcs[id].calls = m->funcs[id].primitive;
    for (uint32_t i = 0; i < m->pairs.count; i++)
        m->pairs.pairs[i].calls = m->pairs.pairs[i].primitive;
}

/* Not below 0: the time subtracted from a host is rounded separately from the time it
 * was charged with. */
static double seconds(int64_t ns)
{
    return ns > 0 ? (double)ns * 1e-9 : 0.0;
}

/* A sampled function may have been switched out for a long time, without being on the
 * stack of any sample. */
static bool was_seen(uint64_t calls, int64_t cumulative)
{
    return calls || cumulative > 0;
}

/* Groups the pairs by callee, each group in the order of first use: a counting sort. On
 * entry ends is all zero; on return ends[id] is the end of that callee's group. */
static void place_callers(struct stats *s, const struct sums *m, uint32_t *ends,
                          uint32_t func_count)
{
    const struct pair *pairs = m->pairs.pairs;
    for (uint32_t i = 0; i < m->pairs.count; i++)
        if (was_seen(pairs[i].calls, pairs[i].cumulative))
            ends[pairs[i].callee]++;
    uint32_t start = 0;
    for (uint32_t id = 0; id < func_count; id++) {
        uint32_t count = ends[id];
        ends[id] = start;
        start += count;
    }
    s->caller_count = start;
    for (uint32_t i = 0; i < m->pairs.count; i++) {
        if (!was_seen(pairs[i].calls, pairs[i].cumulative))
            continue;
        s->callers[ends[pairs[i].callee]++] = (struct caller_stats){
            .caller = pairs[i].caller,
            .calls = pairs[i].calls,
            .primitive = pairs[i].primitive,
            .self_s = seconds(pairs[i].self),
            .cumulative_s = seconds(pairs[i].cumulative),
        };
    }
}

static void place_funcs(struct stats *s, const struct sums *m, const uint32_t *ends,
                        uint32_t func_count)
{
    for (uint32_t id = 0; id < func_count; id++) {
        const struct overflow_func *f = &m->funcs[id];
        if (!was_seen(f->calls, f->cumulative))
            continue;
        uint32_t first = id ? ends[id - 1] : 0;
        s->funcs[s->func_count++] = (struct func_stats){
            .func = id,
            .calls = f->calls,
            .primitive = f->primitive,
            .self_s = seconds(f->self),
            .cumulative_s = seconds(f->cumulative),
            .first_caller = first,
            .caller_count = ends[id] - first,
        };
        s->calls += f->calls;
        s->primitive += f->primitive;
        s->self_s += seconds(f->self);
    }
}

/* s->funcs has room for at least one. */
static bool publish(struct stats *s, const struct sums *m, const struct profile *p)
{
    uint32_t func_count = p->functab.count;
    uint32_t *ends = zeroed(func_count, sizeof *ends);
    s->funcs = zeroed(func_count, sizeof *s->funcs);
    s->callers = zeroed(m->pairs.count, sizeof *s->callers);
    bool ok = ends && s->funcs && s->callers;
    if (ok) {
        place_callers(s, m, ends, func_count);
        place_funcs(s, m, ends, func_count);
    }
    free(ends);
    return ok;
}

/* Adds '<no samples>'. Returns false when out of memory. */
static bool add_nothing(struct stats *s, const struct profile *p)
{
    struct str name =
        p->mode == MODE_SAMPLING ? STR("<no samples>") : STR("<no calls>");
    s->funcs[0] = (struct func_stats){
        .func = functab_intern(&s->nothing, STR("~"), 0, name),
    };
    s->func_count = 1;
    return s->funcs[0].func != FUNCTAB_NONE;
}

bool stats_compute(struct stats *s, const struct profile *p)
{
    struct sums m;
    *s = (struct stats){0};
    bool ok = sums_init(&m, p);
    if (ok) {
        sum_up(&m, &p->tree);
        ok = walk(&m, &p->tree) && add_overflow(&m, p);
        if (p->mode == MODE_SAMPLING)
            count_samples_once(&m, p);
        ok = ok && publish(s, &m, p) && (s->func_count || add_nothing(s, p));
    }
    sums_free(&m);
    if (!ok)
        stats_free(s);
    return ok;
}

bool stats_is_empty(const struct stats *s)
{
    return s->nothing.count > 0;
}

const struct functab *stats_functab(const struct stats *s, const struct profile *p)
{
    return stats_is_empty(s) ? &s->nothing : &p->functab;
}

size_t stats_bytes(const struct stats *s)
{
    return s->func_count * sizeof *s->funcs + s->caller_count * sizeof *s->callers;
}

void stats_free(struct stats *s)
{
    functab_free(&s->nothing);
    free(s->funcs);
    free(s->callers);
    *s = (struct stats){0};
}
