/* stats.h -- what pstats shows, derived from a finished profile.
 *
 * A function is counted as cProfile counts it: all calls; primitive calls, which are
 * those with no call of the same function above them; self time; cumulative time, of
 * primitive calls only, so that recursion is not counted twice. The same four for each
 * (caller, callee) pair. Functions stand in the order of their ids. Needs no GIL.
 *
 * Of a sampled profile, "calls" are the samples that had the function, or the pair, on
 * their stack: each is counted once, so that calls and primitive calls are the same.
 * They may be 0 where time was spent switched out. */

#ifndef PROFILER_STATS_H
#define PROFILER_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct profile;

struct caller_stats {
    uint32_t caller; /* function id */
    uint64_t calls, primitive;
    double self_s, cumulative_s;
};

/* Times are the very doubles, in seconds, that the .prof holds. */
struct func_stats {
    uint32_t func; /* function id */
    uint64_t calls, primitive;
    double self_s, cumulative_s;
    uint32_t first_caller, caller_count; /* into stats.callers */
};

struct stats {
    struct func_stats
        *funcs; /* those that were called or have time, in the order of the .prof */
    uint32_t func_count;
    struct caller_stats *callers;
    uint32_t caller_count;
    uint64_t calls, primitive;
    double self_s; /* summed in the order of funcs, as pstats sums it */
};

/* False when out of memory, and *s empty. */
bool stats_compute(struct stats *s, const struct profile *p);

void stats_free(struct stats *s);

#endif
