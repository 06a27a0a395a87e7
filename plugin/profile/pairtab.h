/* pairtab.h -- sums per (caller, callee) pair of function ids. pstats shows them as the
 * callers of a function.
 *
 * A hash table whose entries keep the order in which they were added, so that reports
 * made from it are the same each time. Not thread-safe. */

#ifndef PROFILER_PAIRTAB_H
#define PROFILER_PAIRTAB_H

#include "base/slots.h"

struct pair {
    uint32_t caller, callee;
    uint32_t on_path; /* how often the pair occurs on the current path */
    uint64_t calls, primitive;
    int64_t self, cumulative; /* ticks or nanoseconds: the user of the table decides */
};

struct pairtab {
    struct pair *pairs;
    uint32_t count, cap;
    struct slots slots; /* by caller and callee; entry: index + 1 */
};

/* Finds or adds a pair. Returns NULL when out of memory. The pointer is valid until the
 * next call. */
struct pair *pairtab_get(struct pairtab *t, uint32_t caller, uint32_t callee);

void pairtab_free(struct pairtab *t);

#endif
