/* stats.h -- what pstats shows, derived from a finished profile.
 *
 * A function is counted as cProfile counts it: all calls; primitive calls, which are
 * those with no call of the same function above them; self time; cumulative time, of
 * primitive calls only, so that recursion is not counted twice. The same four for each
 * (caller, callee) pair. Functions stand in the order of their ids. Needs no GIL.
 *
 * Of a sampled profile, "calls" are the samples that had the function, or the pair, on
 * their stack: each is counted once, so that calls and primitive calls are the same.
 * They may be 0 where time was spent switched out.
 *
 * pstats refuses a .prof without functions. A profile that has none to show gets one
 * entry with no calls and no time, ('~', 0, '<no samples>'), which is in no other
 * report than the .prof and the table. */

#ifndef PROFILER_STATS_H
#define PROFILER_STATS_H

#include "functab.h"

struct profile;

struct caller_stats {
    uint32_t caller; /* function id */
    uint64_t calls, primitive;
    double self_s, cumulative_s;
};

/* Times are the very doubles, in seconds, that the .prof holds. */
struct func_stats {
    uint32_t func; /* id in stats_functab */
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
    double self_s;          /* summed in the order of funcs, as pstats sums it */
    struct functab nothing; /* what stands for no function; else empty */
};

/* False when out of memory, and *s empty. */
bool stats_compute(struct stats *s, const struct profile *p);

/* True when the one entry stands for nothing. */
bool stats_is_empty(const struct stats *s);

/* The table that the entries are of: the profile's, unless they stand for nothing. */
const struct functab *stats_functab(const struct stats *s, const struct profile *p);

/* The memory that they hold. */
size_t stats_bytes(const struct stats *s);

void stats_free(struct stats *s);

#endif
