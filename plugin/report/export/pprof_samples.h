/* pprof_samples.h -- the samples of a pprof profile: one per node of the call tree,
 * each with its own figures.
 *
 * pprof repeats each whole stack, so 65,536 nodes of one recursion would take
 * gigabytes. If all stacks together exceed PPROF_MAX_FRAMES frames, they are cut at the
 * depth that fits. Each cut stack gets the sums of the nodes below it. */

#ifndef PROFILER_PPROF_SAMPLES_H
#define PROFILER_PPROF_SAMPLES_H

#include "profile/preorder.h"
#include "profile/profile.h"

#define PPROF_MAX_FRAMES UINT64_C(8000000) /* two bytes each, before compression */

/* in the order of a sample's values */
enum { PPROF_SAMPLES, PPROF_CALLS, PPROF_WALL_NS, PPROF_CPU_NS, PPROF_VALUES };

struct pprof_values {
    int64_t of[PPROF_VALUES];
};

struct pprof_samples {
    struct preorder order;
    uint32_t max_depth;          /* of the nodes that are shown; the root's is 0 */
    bool is_cut;                 /* the tree has nodes below max_depth */
    struct pprof_values *own;    /* by node, without the nodes below it; owned */
    struct pprof_values *deeper; /* by node: sums of hidden nodes below it; owned */
    int32_t *leaf_lines;         /* by function; see pprof_samples_make; owned */
};

/* Returns false when out of memory. Call pprof_samples_free in any case.
 *
 * Only functions have times by line, nodes do not. So leaf_lines contains a function's
 * line only if that line has all of the function's self time: then all its nodes were
 * in that line. 0: not known. */
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
