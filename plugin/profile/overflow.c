#include "overflow.h"

#include "base/vec.h"

#include <stdlib.h>

static bool know_func(struct overflow *o, uint32_t func)
{
    if (func < o->func_count)
        return true;
    uint32_t count = o->func_count ? o->func_count : 512;
    while (count <= func)
        count *= 2;
    if (!VEC_EXTEND(o->funcs, o->func_count, count))
        return false;
    o->func_count = count;
    return true;
}

/* Adds step, 1 or -1, to the number of times that the call is on the path. */
static bool mark(struct overflow *o, uint32_t caller, uint32_t func, int step)
{
    if (!know_func(o, func))
        return false;
    o->funcs[func].on_path += (uint32_t)step;
    if (caller == FUNC_ROOT)
        return true;
    struct pair *p = pairtab_get(&o->pairs, caller, func);
    if (!p)
        return false;
    p->on_path += (uint32_t)step;
    return true;
}

/* The function that calls node; FUNC_ROOT for nodes that the request calls. */
static uint32_t caller_of(const struct calltree *t, uint32_t node)
{
    uint32_t parent = t->nodes[node].parent;
    return parent == CALLTREE_ROOT ? FUNC_ROOT : t->nodes[parent].func;
}

static bool mark_path(struct overflow *o, const struct calltree *t, uint32_t node,
                      int step)
{
    for (; node != CALLTREE_ROOT; node = t->nodes[node].parent)
        if (!mark(o, caller_of(t, node), t->nodes[node].func, step))
            return false;
    return true;
}

/* Counts the path down to host. It stays counted until a call comes below another
 * host. */
static bool move_host(struct overflow *o, const struct calltree *t, uint32_t host)
{
    if (o->counted && o->host == host)
        return true;
    if (o->counted)
        mark_path(o, t, o->host, -1); /* allocates nothing: all entries exist */
    o->counted = true;
    o->host = host;
    return mark_path(o, t, host, 1);
}

static bool push(struct overflow *o, uint32_t func, uint64_t now)
{
    if (!VEC_ROOM(o->frames, o->depth, o->frame_cap, 64))
        return false;
    o->frames[o->depth++] = (struct overflow_frame){.func = func, .entered = now};
    return true;
}

/* The caller of the frame at depth (counted from 1). */
static uint32_t frame_caller(const struct overflow *o, const struct calltree *t,
                             uint32_t depth)
{
    if (depth > 1)
        return o->frames[depth - 2].func;
    return o->host == CALLTREE_ROOT ? FUNC_ROOT : t->nodes[o->host].func;
}

void overflow_skip(struct overflow *o)
{
    o->failed = true;
    o->uncounted++;
}

void overflow_enter(struct overflow *o, const struct calltree *t, uint32_t host,
                    uint32_t func, uint64_t now)
{
    if (o->failed || (o->depth == 0 && !move_host(o, t, host)) || !push(o, func, now)) {
        overflow_skip(o);
    } else if (!mark(o, frame_caller(o, t, o->depth), func, 1)) {
        o->depth--;
        overflow_skip(o);
    }
}

static void charge_func(struct overflow_func *f, uint64_t total, uint64_t self)
{
    f->calls++;
    f->self += (int64_t)self;
    if (--f->on_path == 0) {
        f->primitive++;
        f->cumulative += (int64_t)total;
    }
}

static void charge_pair(struct pair *p, uint64_t total, uint64_t self)
{
    p->calls++;
    p->self += (int64_t)self;
    if (--p->on_path == 0) {
        p->primitive++;
        p->cumulative += (int64_t)total;
    }
}

/* Allocates one block for all nodes, as a full tree does not grow. */
static bool know_host(struct overflow *o, const struct calltree *t)
{
    if (o->host < o->host_count)
        return true;
    if (!VEC_EXTEND(o->host_ns, o->host_count, t->count))
        return false;
    o->host_count = t->count;
    return true;
}

/* Subtracts time from the host, whose node was charged with all calls below it. */
static void discharge_host(struct overflow *o, const struct calltree *t, uint64_t time)
{
    if (o->by_host && know_host(o, t))
        o->host_ns[o->host] += time;
    else
        o->failed |= o->by_host;
    if (o->host == CALLTREE_ROOT)
        return;
    uint32_t func = t->nodes[o->host].func, caller = caller_of(t, o->host);
    o->funcs[func].self -= (int64_t)time;
    if (caller != FUNC_ROOT)
        pairtab_get(&o->pairs, caller, func)->self -= (int64_t)time;
}

void overflow_leave(struct overflow *o, const struct calltree *t, uint64_t now)
{
    if (o->uncounted) {
        o->uncounted--;
        return;
    }
    const struct overflow_frame *f = &o->frames[o->depth - 1];
    uint64_t total = now - f->entered, self = total - f->in_callees;
    uint32_t caller = frame_caller(o, t, o->depth);
    charge_func(&o->funcs[f->func], total, self);
    if (caller != FUNC_ROOT)
        charge_pair(pairtab_get(&o->pairs, caller, f->func), total, self);
    if (--o->depth)
        o->frames[o->depth - 1].in_callees += total;
    else
        discharge_host(o, t, total);
}

void overflow_scale(struct overflow *o, double ns_per_tick)
{
    for (uint32_t i = 0; i < o->func_count; i++) {
        o->funcs[i].self = (int64_t)((double)o->funcs[i].self * ns_per_tick);
        o->funcs[i].cumulative =
            (int64_t)((double)o->funcs[i].cumulative * ns_per_tick);
    }
    for (uint32_t i = 0; i < o->host_count; i++)
        o->host_ns[i] = (uint64_t)((double)o->host_ns[i] * ns_per_tick);
    for (uint32_t i = 0; i < o->pairs.count; i++) {
        struct pair *p = &o->pairs.pairs[i];
        p->self = (int64_t)((double)p->self * ns_per_tick);
        p->cumulative = (int64_t)((double)p->cumulative * ns_per_tick);
    }
}

void overflow_free(struct overflow *o)
{
    free(o->funcs);
    free(o->host_ns);
    free(o->frames);
    pairtab_free(&o->pairs);
    *o = (struct overflow){0};
}
