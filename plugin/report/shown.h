/* shown.h -- the nodes of a finished call tree as a report shows them: in preorder, and
 * not more than it has room for.
 *
 *     total     9 --- 5 --- 3        at most 3:    9 --- 5
 *                \     \--- 2                        \
 *                 \--- 4 --- 1                        \--- 4
 *
 * The nodes with the most total time stay, and with each all that are above it. Whole
 * subtrees go: their self time becomes that of the nearest node above that stays, so
 * that sums are what they were; their calls are not in the tree any more. Of equals the
 * one that was called first stays. Linear, without recursion. The profile is not
 * changed, and must not change meanwhile. */

#ifndef PROFILER_SHOWN_H
#define PROFILER_SHOWN_H

#include "../core/preorder.h"
#include "../core/profile.h"

#define SHOWN_ALL UINT32_MAX

struct shown {
    /* Of the nodes that are shown. places are by node of the whole tree: a node that is
     * not shown stands where the nearest above it that is shown does. */
    struct preorder order;
    uint64_t *self; /* by place; owned */
    uint64_t *cpu;  /* by place: the part of self on a processor; owned */
};

/* most is at least 1. False when out of memory, and *s empty. */
bool shown_make(struct shown *s, const struct profile *p, uint32_t most);

void shown_free(struct shown *s);

#endif
