/* pairtab.h -- sums for (caller, callee) pairs of function ids: what pstats calls the
 * callers of a function.
 *
 * An open-addressing hash whose entries keep the order in which they were added, so
 * that what is written from it is the same each time. Not thread-safe. */

#ifndef PROFILER_PAIRTAB_H
#define PROFILER_PAIRTAB_H

#include "base/slots.h"

struct pair {
    uint32_t caller, callee;
    uint32_t on_path; /* how often the pair is on the path being walked */
    uint64_t calls, primitive;
    int64_t self, cumulative; /* the unit is the user's: ticks or nanoseconds */
};

struct pairtab {
    struct pair *pairs;
    uint32_t count, cap;
    struct slots slots; /* by caller and callee; entry: index + 1 */
};

/* Finds or adds; NULL when out of memory. Valid until the next call. */
struct pair *pairtab_get(struct pairtab *t, uint32_t caller, uint32_t callee);

void pairtab_free(struct pairtab *t);

#endif
