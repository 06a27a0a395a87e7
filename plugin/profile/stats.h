/* stats.h -- the figures that pstats shows, computed from a finished profile.
 *
 * Functions are counted as in cProfile: calls; primitive calls, which are calls with no
 * call of the same function above them; self time; cumulative time, which includes
 * primitive calls only, so that recursion is not counted twice. Each (caller, callee)
 * pair has the same four figures. Functions are in the order of their ids. Needs no
 * GIL.
 *
 * In a sampled profile, "calls" is the number of samples with the function, or the
 * pair, on their stack. A sample counts once, so calls and primitive calls are equal.
 * They may be 0 for a function that only has time in which it was switched out.
 *
 * pstats rejects a .prof without functions. So a profile without any gets one entry
 * with no calls and no time: ('~', 0, '<no samples>'), or '<no calls>' in deterministic
 * mode. Only the .prof and the table contain it. */

#ifndef PROFILER_STATS_H
#define PROFILER_STATS_H

#include "functab.h"

struct profile;

struct caller_stats {
    uint32_t caller; /* function id */
    uint64_t calls, primitive;
    double self_s, cumulative_s;
};

/* Times are in seconds, the same doubles that the .prof contains. */
struct func_stats {
    uint32_t func; /* id in stats_functab */
    uint64_t calls, primitive;
    double self_s, cumulative_s;
    uint32_t first_caller, caller_count; /* index into stats.callers */
};

struct stats {
    struct func_stats *funcs; /* those with calls or time, in .prof order */
    uint32_t func_count;
    struct caller_stats *callers;
    uint32_t caller_count;
    uint64_t calls, primitive;
    double self_s;          /* added in the order of funcs, as pstats does */
    struct functab nothing; /* has that one entry if there are no functions */
};

/* Returns false when out of memory; *s is empty then. */
bool stats_compute(struct stats *s, const struct profile *p);

/* True if the only entry is '<no samples>' or '<no calls>'. */
bool stats_is_empty(const struct stats *s);

/* The table that the function ids belong to: the profile's, or s->nothing if
 * stats_is_empty. */
const struct functab *stats_functab(const struct stats *s, const struct profile *p);

/* The bytes of memory that the statistics hold. */
size_t stats_bytes(const struct stats *s);

void stats_free(struct stats *s);

#endif
