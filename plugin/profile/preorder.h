/* preorder.h -- the nodes of a finished call tree, depth first.
 *
 *     node      0 --- 1 --- 3        place   0 1 2 3 4
 *                \     \--- 4        nodes   0 1 3 4 2
 *                 \--- 2             depths  0 1 2 2 1
 *
 * A node comes before all nodes below it; siblings are in the order of their first
 * call. A loop over the places walks the tree without recursion, which matters because
 * Python's stacks can be tens of thousands of calls deep. The tree must not change
 * afterwards. */

#ifndef PROFILER_PREORDER_H
#define PROFILER_PREORDER_H

#include "calltree.h"

struct preorder {
    uint32_t count;
    uint32_t *nodes;  /* by place; owned, in one block with the next two */
    uint32_t *places; /* by node: its index in nodes */
    uint32_t *depths; /* by node: 0 for the root */
};

/* Returns false when out of memory; *o is empty then. */
bool preorder_make(struct preorder *o, const struct calltree *t);

void preorder_free(struct preorder *o);

#endif
