/* overflow.h -- exact figures for calls that have no room in the call tree.
 *
 * When the tree is full, a further call has no node. Its time is charged to the nearest
 * caller that has a node: the host. So the sums in the tree stay correct. The call
 * itself is counted here, by function and by (caller, callee) pair as cProfile counts,
 * on a stack below the host. stats.c adds these figures to those that it derives from
 * the tree, and subtracts the time from the host.
 *
 * Times are in the collector's ticks until overflow_scale. Not thread-safe. */

#ifndef PROFILER_OVERFLOW_H
#define PROFILER_OVERFLOW_H

#include "calltree.h"
#include "pairtab.h"

#define FUNC_ROOT UINT32_MAX /* caller of the request's own calls */

struct overflow_func {
    uint32_t on_path;
    uint64_t calls, primitive;
    int64_t self, cumulative; /* self is negative for a host: time subtracted from it */
};

struct overflow_frame {
    uint32_t func;
    uint64_t entered;
    uint64_t in_callees;
};

struct overflow {
    struct overflow_func *funcs; /* by function id */
    uint32_t func_count;
    struct pairtab pairs;
    bool by_host;      /* fill host_ns */
    uint64_t *host_ns; /* by node: part of its self time, spent in calls below it */
    uint32_t host_count;
    struct overflow_frame *frames;
    uint32_t depth, frame_cap;
    uint32_t host; /* host whose path is counted in on_path, if counted is set */
    bool counted;
    bool failed;        /* out of memory: figures below hosts are incomplete */
    uint32_t uncounted; /* frames entered since the failure, for balance */
};

static inline bool overflow_active(const struct overflow *o)
{
    return o->depth + o->uncounted > 0;
}

/* Enters a call of func, made by the current frame, or by the tree node host if there
 * is no frame. */
void overflow_enter(struct overflow *o, const struct calltree *t, uint32_t host,
                    uint32_t func, uint64_t now);

/* Enters a call whose function is not known, because memory ran out. Only keeps enter
 * and leave balanced. */
void overflow_skip(struct overflow *o);

/* Leaves the current frame; there must be one (overflow_active). At the end of a
 * profile the collector must have left all frames. */
void overflow_leave(struct overflow *o, const struct calltree *t, uint64_t now);

/* Converts ticks to nanoseconds. Call it once, at the end. */
void overflow_scale(struct overflow *o, double ns_per_tick);

void overflow_free(struct overflow *o);

#endif
