#include "pprof_samples.h"

#include <stdlib.h>

/* Collectors do not count the root: the request was called once, and has all
 * samples. */
static int64_t node_count(const struct profile *p, uint32_t node)
{
    if (node != CALLTREE_ROOT)
        return (int64_t)p->tree.nodes[node].calls;
    return p->mode == MODE_SAMPLING ? (int64_t)p->sampled.samples : 1;
}

/* When sampling, calls are the samples with the node on their stack. Subtracting those
 * of the children leaves the samples that end in the node. */
static void take_figures(struct pprof_samples *s, const struct profile *p)
{
    bool sampling = p->mode == MODE_SAMPLING;
    int kind = sampling ? PPROF_SAMPLES : PPROF_CALLS;
    for (uint32_t i = 0; i < p->tree.count; i++) {
        int64_t count = node_count(p, i);
        s->own[i].of[kind] = count;
        if (sampling && i != CALLTREE_ROOT)
            s->own[p->tree.nodes[i].parent].of[kind] -= count;
        s->own[i].of[PPROF_WALL_NS] = (int64_t)p->tree.nodes[i].self;
        if (sampling && p->sampled.node_wait_ns)
            s->own[i].of[PPROF_CPU_NS] = (int64_t)p->sampled.node_wait_ns[i][WAITS_CPU];
    }
}

/* Finds no lines in a truncated tree, where nodes have the time of other functions,
 * too. */
static bool find_leaf_lines(struct pprof_samples *s, const struct profile *p)
{
    uint64_t *self_ns = calloc((size_t)p->functab.count + 1, sizeof *self_ns);
    if (!self_ns)
        return false;
    for (uint32_t i = 1; i < p->tree.count; i++)
        self_ns[p->tree.nodes[i].func] += p->tree.nodes[i].self;
    for (uint32_t i = 0; i < p->sampled.line_count && !p->tree.truncated; i++) {
        const struct line_time *l = &p->sampled.lines[i];
        if (l->line > 0 && l->self_ns > 0 && l->self_ns == self_ns[l->func])
            s->leaf_lines[l->func] = l->line;
    }
    free(self_ns);
    return true;
}

/* A node below the cut adds at most one frame, "[deeper frames]", to its parent's
 * stack. So if the nodes up to some depth fit, the stacks cut above that depth fit. */
static bool choose_max_depth(struct pprof_samples *s)
{
    uint32_t deepest = 0, fits = 0;
    uint64_t frames = 0, *by_depth = calloc(s->order.count, sizeof *by_depth);
    if (!by_depth)
        return false;
    for (uint32_t i = 0; i < s->order.count; i++) {
        uint32_t depth = s->order.depths[i];
        by_depth[depth] += depth + UINT64_C(1);
        deepest = depth > deepest ? depth : deepest;
    }
    while (fits <= deepest && frames + by_depth[fits] <= PPROF_MAX_FRAMES)
        frames += by_depth[fits++];
    free(by_depth);
    s->is_cut = fits <= deepest;
    s->max_depth = !s->is_cut ? deepest : fits > 2 ? fits - 2 : 0;
    return true;
}

static void move(struct pprof_values *to, struct pprof_values *from)
{
    for (int i = 0; i < PPROF_VALUES; i++)
        to->of[i] += from->of[i];
    *from = (struct pprof_values){0};
}

/* From the end: the figures below a node must be complete before the node's turn. */
static void cut_deeper(struct pprof_samples *s, const struct calltree *t)
{
    for (uint32_t i = t->count; i-- > 1;) {
        if (s->order.depths[i] <= s->max_depth)
            continue;
        move(&s->deeper[t->nodes[i].parent], &s->own[i]);
        move(&s->deeper[t->nodes[i].parent], &s->deeper[i]);
    }
}

bool pprof_samples_make(struct pprof_samples *s, const struct profile *p)
{
    size_t nodes = p->tree.count ? p->tree.count : 1;
    size_t funcs = p->functab.count ? p->functab.count : 1;
    *s = (struct pprof_samples){
        .own = calloc(nodes, sizeof *s->own),
        .deeper = calloc(nodes, sizeof *s->deeper),
        .leaf_lines = calloc(funcs, sizeof *s->leaf_lines),
    };
    if (!preorder_make(&s->order, &p->tree) || !s->own || !s->deeper || !s->leaf_lines)
        return false;
    if (s->order.count == 0)
        return true;
    if (!choose_max_depth(s) || !find_leaf_lines(s, p))
        return false;
    take_figures(s, p);
    cut_deeper(s, &p->tree);
    return true;
}

void pprof_samples_free(struct pprof_samples *s)
{
    preorder_free(&s->order);
    free(s->own);
    free(s->deeper);
    free(s->leaf_lines);
    *s = (struct pprof_samples){0};
}
