/* overflow.h -- exact figures for calls that the call tree has no room for.
 *
 * When the tree is full, the time of a call it cannot hold stays with the node above
 * (the host), so that the tree still adds up; here the call is counted by function and
 * by (caller, callee) as cProfile counts, on a stack beneath the host. stats.c adds
 * these sums to what it derives from the tree, and takes the time off the host.
 *
 * Times are in the collector's ticks until overflow_scale. Not thread-safe. */

#ifndef PROFILER_OVERFLOW_H
#define PROFILER_OVERFLOW_H

#include "calltree.h"
#include "pairtab.h"

#define FUNC_ROOT UINT32_MAX /* the caller of what the request itself calls */

struct overflow_func {
    uint32_t on_path;
    uint64_t calls, primitive;
    int64_t self, cumulative; /* self of a host is negative: time taken off it */
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
    bool by_host;      /* keep host_ns */
    uint64_t *host_ns; /* by node: what ran beneath it, and is in its self time */
    uint32_t host_count;
    struct overflow_frame *frames;
    uint32_t depth, frame_cap;
    uint32_t host; /* the path down to it is counted in on_path; 0: none */
    bool counted;
    bool failed;        /* out of memory: figures below hosts are incomplete */
    uint32_t uncounted; /* frames entered since it failed, to stay balanced */
};

static inline bool overflow_active(const struct overflow *o)
{
    return o->depth + o->uncounted > 0;
}

/* A call of func beneath host (a tree node) or beneath the frames already there. */
void overflow_enter(struct overflow *o, const struct calltree *t, uint32_t host,
                    uint32_t func, uint64_t now);

/* A call of a function that could not be learned, for want of memory: only balanced. */
void overflow_skip(struct overflow *o);

/* The return of the frame entered last; there must be one (overflow_active). At the end
 * of a profile all frames must have been left. */
void overflow_leave(struct overflow *o, const struct calltree *t, uint64_t now);

/* Ticks to nanoseconds, once, at the end. */
void overflow_scale(struct overflow *o, double ns_per_tick);

void overflow_free(struct overflow *o);

#endif
