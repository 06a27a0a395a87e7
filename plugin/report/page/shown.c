#include "shown.h"

#include "profile/pairtab.h"

#include <stdlib.h>

const struct shown_limits shown_all = {UINT32_MAX, UINT32_MAX};

/* The nodes to show: those with more than `least` total time, and the first `equals`
 * nodes with exactly that. */
struct choice {
    uint64_t *totals; /* by node: self and all below; owned */
    uint64_t least;
    uint32_t equals;
};

/* From the end, as children come after their parents. */
static void add_totals(uint64_t *totals, const struct calltree *t)
{
    for (uint32_t i = t->count; i-- > 0;) {
        totals[i] += t->nodes[i].self;
        if (i != CALLTREE_ROOT)
            totals[t->nodes[i].parent] += totals[i];
    }
}

/* The digits of number above the one at shift. A number has 8 digits of 8 bits. */
static uint64_t above(uint64_t number, unsigned shift)
{
    return shift < 56 ? number >> (shift + 8) : 0;
}

/* Finds the most-th largest total digit by digit, from the highest. At each digit,
 * c->equals is how many are left to take from the totals that agree in all digits so
 * far. */
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

/* True if the node is shown. A parent has at least as much time as its children, and
 * comes before them, so it is shown if a child is. */
static bool stays(struct choice *c, uint32_t node)
{
    uint64_t total = c->totals[node];
    if (total == c->least && c->equals) {
        c->equals--;
        return true;
    }
    return total > c->least;
}

/* Closes the gaps. Parents come first, so their new places are known. */
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

static bool is_shown(const struct shown *s, uint32_t node)
{
    return s->order.nodes[s->order.places[node]] == node;
}

static uint64_t beneath_ns(const struct profile *p, uint32_t node)
{
    if (node >= p->overflow.host_count)
        return 0;
    uint64_t ns = p->overflow.host_ns[node], self = p->tree.nodes[node].self;
    return ns < self ? ns : self; /* both are rounded */
}

static void add_waits(uint64_t *waits, const struct profile *p, uint32_t node)
{
    for (unsigned kind = 0; p->sampled.node_wait_ns && kind < WAIT_KINDS; kind++)
        waits[kind] += p->sampled.node_wait_ns[node][kind];
}

static bool add_times(struct shown *s, const struct profile *p)
{
    size_t count = s->order.count ? s->order.count : 1;
    s->self = calloc(count, sizeof *s->self);
    if (p->sampled.node_wait_ns)
        s->waits = calloc(count, sizeof *s->waits);
    if (!s->self || (p->sampled.node_wait_ns && !s->waits))
        return false;
    for (uint32_t node = 0; node < p->tree.count; node++) {
        uint32_t place = s->order.places[node];
        s->self[place] += p->tree.nodes[node].self;
        if (s->waits)
            add_waits(s->waits[place], p, node);
    }
    return true;
}

/* ---------------------------------------------------------------------- left */

/* Makes an item in s->left for each place with time left below it. index_of, by place,
 * is its index plus 1. */
static bool make_left(struct shown *s, const struct profile *p, uint32_t *index_of)
{
    for (uint32_t node = 0; node < p->tree.count; node++)
        if (!is_shown(s, node) || beneath_ns(p, node))
            index_of[s->order.places[node]] = 1;
    for (uint32_t place = 0; place < s->order.count; place++)
        if (index_of[place])
            index_of[place] = ++s->left_count;
    s->left = calloc(s->left_count + UINT64_C(1), sizeof *s->left);
    if (!s->left)
        return false;
    for (uint32_t place = 0; place < s->order.count; place++)
        if (index_of[place])
            s->left[index_of[place] - 1] =
                (struct shown_left){.place = place, .func = FUNCTAB_NONE};
    return true;
}

/* Finds the function that has more than half of the time left below each place. */
static void find_hottest(struct shown *s, const uint32_t *index_of,
                         const struct pairtab *times)
{
    for (uint32_t i = 0; i < times->count; i++) {
        const struct pair *t = &times->pairs[i];
        struct shown_left *l = &s->left[index_of[t->caller] - 1];
        if (l->func == FUNCTAB_NONE && t->self > 0 && (uint64_t)t->self * 2 > l->ns)
            l->func = t->callee;
    }
}

static bool sum_left(struct shown *s, const struct profile *p, const uint32_t *index_of,
                     struct pairtab *times)
{
    for (uint32_t node = 0; node < p->tree.count; node++) {
        uint32_t place = s->order.places[node];
        struct shown_left *l = &s->left[index_of[place] ? index_of[place] - 1 : 0];
        if (!is_shown(s, node)) {
            uint64_t self = p->tree.nodes[node].self;
            struct pair *t = pairtab_get(times, place, p->tree.nodes[node].func);
            if (!t)
                return false;
            t->self += (int64_t)self;
            l->ns += self;
            add_waits(l->waits, p, node);
        } else if (index_of[place]) {
            l->ns += beneath_ns(p, node);
        }
    }
    return true;
}

static bool add_left(struct shown *s, const struct profile *p)
{
    if (s->order.count == p->tree.count && !p->overflow.host_count)
        return true;
    struct pairtab times = {0};
    uint32_t *index_of = calloc(s->order.count, sizeof *index_of);
    bool ok = index_of && make_left(s, p, index_of) && sum_left(s, p, index_of, &times);
    if (ok)
        find_hottest(s, index_of, &times);
    pairtab_free(&times);
    free(index_of);
    return ok;
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
    ok = ok && add_times(s, p) && add_left(s, p) &&
         add_moments(s, &p->sampled, limits->moments);
    if (!ok)
        shown_free(s);
    return ok;
}

void shown_free(struct shown *s)
{
    preorder_free(&s->order);
    free(s->self);
    free(s->waits);
    free(s->left);
    free(s->moments);
    *s = (struct shown){0};
}
