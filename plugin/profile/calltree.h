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
    uint32_t last; /* the child that was called last */
    uint32_t next; /* the sibling that was called after this one, last time */
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

/* Predicts which child a call with this key goes to, from the order of earlier calls.
 * Returns 0 when the predicted children have other keys. Then use calltree_child, which
 * searches by function. */
static inline uint32_t calltree_predict(const struct calltree *t, uint32_t parent,
                                        const void *key)
{
    const struct calltree_node *nodes = t->nodes;
    uint32_t last = nodes[parent].last;
    uint32_t guess = nodes[last].next;
    if (nodes[guess].key == key && guess != CALLTREE_ROOT)
        return guess;
    return nodes[last].key == key ? last : CALLTREE_ROOT;
}

/* Records the order of calls for calltree_predict. */
static inline void calltree_follow(struct calltree *t, uint32_t parent, uint32_t child)
{
    struct calltree_node *nodes = t->nodes;
    uint32_t last = nodes[parent].last;
    if (last)
        nodes[last].next = child;
    nodes[parent].last = child;
}

/* Finds or adds a child and sets its key. Returns 0 when the tree cannot grow; then
 * truncated is set, and the collector counts the call with overflow.h. */
uint32_t calltree_child(struct calltree *t, uint32_t parent, uint32_t func,
                        const void *key);

void calltree_free(struct calltree *t);

#endif
