/* calltree.h -- calling-context tree: one node per distinct call path.
 *
 *     0 (request) --- 1 view --- 2 query --- 3 execute
 *                         \----- 4 render
 *
 * All nodes are in one array and refer to each other by index, so growing the array
 * invalidates no reference and one free() frees the tree. A child's index is always
 * greater than its parent's, so a loop from the end is a post-order walk. Node 0 is the
 * request: it holds the time outside Python. Siblings are in the order of their first
 * call. One tree per request; not thread-safe. */

#ifndef PROFILER_CALLTREE_H
#define PROFILER_CALLTREE_H

#include "base/slots.h"

#define CALLTREE_ROOT 0u /* never a child, so 0 in a link also means "none" */

struct calltree_node {
    const void *key;  /* the collector's address for the function; never dereferenced */
    const void *type; /* the class, if all calls were for objects of one; else NULL */
    uint64_t calls;
    uint64_t self; /* the collector's ticks while it runs, then nanoseconds */
    uint32_t func; /* id in functab.h; the root has none */
    uint32_t parent;
};

struct calltree {
    struct calltree_node *nodes;
    uint32_t count, cap;
    uint32_t limit;     /* maximum number of nodes, including the root */
    struct slots slots; /* by parent and function; entry: node index */
    bool truncated;     /* a child had no room: limit reached or out of memory */
};

/* Makes a tree that has only the root. Returns false when out of memory. */
bool calltree_init(struct calltree *t, uint32_t limit);

/* Finds or adds a child and sets its key. Returns 0 when the tree cannot grow; then
 * truncated is set, and the collector counts the call with overflow.h. */
uint32_t calltree_child(struct calltree *t, uint32_t parent, uint32_t func,
                        const void *key);

void calltree_free(struct calltree *t);

#endif
