#include "shown.h"

#include <stdlib.h>

const struct shown_limits shown_all = {UINT32_MAX, UINT32_MAX};

/* The nodes that stay: those of more total time, and so many of just that time. */
struct choice {
    uint64_t *totals; /* by node: self and all below; owned */
    uint64_t least;
    uint32_t equals;
};

/* From the end: children come after their parents. */
static void add_totals(uint64_t *totals, const struct calltree *t)
{
    for (uint32_t i = t->count; i-- > 0;) {
        totals[i] += t->nodes[i].self;
        if (i != CALLTREE_ROOT)
            totals[t->nodes[i].parent] += totals[i];
    }
}

/* Of a number's 8 digits, those above the one at shift. */
static uint64_t above(uint64_t number, unsigned shift)
{
    return shift < 56 ? number >> (shift + 8) : 0;
}

/* Finds the most-th largest total digit by digit, from the highest: at each, how many
 * are left to be taken from among those that agree with it so far. */
static void find_least(struct choice *c, uint32_t count, uint32_t most)
{
    c->least = 0;
    c->equals = most;
    for (unsigned shift = 64; shift > 0;) {
        uint32_t counts[256] = {0};
        shift -= 8;
        for (uint32_t i = 0; i < count; i++)
            if (above(c->totals[i], shift) == above(c->least, shift))
                counts[c->totals[i] >> shift & 255]++;
        unsigned digit = 255;
        for (; counts[digit] < c->equals; digit--)
            c->equals -= counts[digit];
        c->least |= (uint64_t)digit << shift;
    }
}

/* No node has more time than its parent, whose number is less: with a node stays all
 * that is above it. */
static bool stays(struct choice *c, uint32_t node)
{
    uint64_t total = c->totals[node];
    if (total == c->least && c->equals) {
        c->equals--;
        return true;
    }
    return total > c->least;
}

/* Closes the gaps. Parents come first: they know already where they stand. */
static void leave_out(struct preorder *o, const struct calltree *t, struct choice *c)
{
    uint32_t count = 0;
    for (uint32_t node = 0; node < o->count; node++)
        c->totals[node] = stays(c, node); /* equals are taken in the order of nodes */
    for (uint32_t place = 0; place < o->count; place++) {
        uint32_t node = o->nodes[place];
        if (c->totals[node]) {
            o->nodes[count] = node;
            o->places[node] = count++;
        } else {
            o->places[node] = o->places[t->nodes[node].parent];
        }
    }
    o->count = count;
}

static bool thin(struct preorder *o, const struct calltree *t, uint32_t most)
{
    struct choice c = {.totals = calloc(t->count, sizeof *c.totals)};
    if (!c.totals)
        return false;
    add_totals(c.totals, t);
    find_least(&c, t->count, most);
    leave_out(o, t, &c);
    free(c.totals);
    return true;
}

static bool add_times(struct shown *s, const struct profile *p)
{
    size_t count = s->order.count ? s->order.count : 1;
    s->self = calloc(count, sizeof *s->self);
    s->cpu = calloc(count, sizeof *s->cpu);
    if (!s->self || !s->cpu)
        return false;
    for (uint32_t node = 0; node < p->tree.count; node++) {
        uint32_t place = s->order.places[node];
        s->self[place] += p->tree.nodes[node].self;
        if (p->sampled.node_wait_ns)
            s->cpu[place] += p->sampled.node_wait_ns[node][WAITS_CPU];
    }
    return true;
}

static struct moment merge(const struct moment *moments, uint32_t count)
{
    struct moment longest = moments[0];
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += moments[i].dt_ns;
        if (moments[i].dt_ns > longest.dt_ns)
            longest = moments[i];
    }
    longest.dt_ns = sum;
    return longest;
}

static bool add_moments(struct shown *s, const struct sampled *from, uint32_t most)
{
    uint32_t count = from->timeline_count;
    uint32_t each = count > most ? (count - 1) / most + 1 : 1;
    s->moments = calloc(count / each + UINT64_C(1), sizeof *s->moments);
    if (!s->moments)
        return false;
    for (uint32_t i = 0; i < count; i += each) {
        uint32_t left = count - i;
        struct moment *m = &s->moments[s->moment_count++];
        *m = merge(from->timeline + i, left < each ? left : each);
        m->node = s->order.places[m->node];
    }
    return true;
}

bool shown_make(struct shown *s, const struct profile *p,
                const struct shown_limits *limits)
{
    *s = (struct shown){0};
    bool ok = preorder_make(&s->order, &p->tree);
    if (ok && p->tree.count > limits->nodes)
        ok = thin(&s->order, &p->tree, limits->nodes);
    ok = ok && add_times(s, p) && add_moments(s, &p->sampled, limits->moments);
    if (!ok)
        shown_free(s);
    return ok;
}

void shown_free(struct shown *s)
{
    preorder_free(&s->order);
    free(s->self);
    free(s->cpu);
    free(s->moments);
    *s = (struct shown){0};
}
