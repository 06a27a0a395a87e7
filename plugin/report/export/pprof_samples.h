/* pprof_samples.h -- what the samples of a pprof profile say: the call tree's nodes,
 * each with figures of its own.
 *
 * pprof repeats each stack whole: 65,536 nodes that are one recursion would take
 * gigabytes. Where all stacks together would have more than PPROF_MAX_FRAMES frames,
 * they are cut at the depth that fits, and the figures of what is deeper are summed up
 * where it was cut. */

#ifndef PROFILER_PPROF_SAMPLES_H
#define PROFILER_PPROF_SAMPLES_H

#include "profile/preorder.h"
#include "profile/profile.h"

#define PPROF_MAX_FRAMES UINT64_C(8000000) /* two bytes each, before compression */

/* In the order of a sample's values. */
enum { PPROF_SAMPLES, PPROF_CALLS, PPROF_WALL_NS, PPROF_CPU_NS, PPROF_VALUES };

struct pprof_values {
    int64_t of[PPROF_VALUES];
};

struct pprof_samples {
    struct preorder order;
    uint32_t max_depth;          /* of nodes that are shown; the root's is 0 */
    bool is_cut;                 /* there are deeper ones */
    struct pprof_values *own;    /* by node, without what is below; owned, as all */
    struct pprof_values *deeper; /* by node: sums of what is below it and not shown */
    int32_t *leaf_lines;         /* by function; see pprof_samples_make */
};

/* False when out of memory; to be freed in any case.
 *
 * A node has no line, only functions have times by line. So leaf_lines has a function's
 * line only where that one had all of the function's own time: then each of its nodes
 * was there. 0: not known. */
bool pprof_samples_make(struct pprof_samples *s, const struct profile *p);

void pprof_samples_free(struct pprof_samples *s);

static inline bool pprof_values_are_zero(const struct pprof_values *v)
{
    int64_t any = 0;
    for (int i = 0; i < PPROF_VALUES; i++)
        any |= v->of[i];
    return any == 0;
}

#endif
