/* calltree.h -- calling-context tree: one node per distinct call path.
 *
 *     0 (request) --- 1 view --- 2 query --- 3 execute
 *                         \----- 4 render
 *
 * Nodes sit in one array and name each other by index: growing never invalidates a
 * reference, freeing is one free(), and a child's index is always greater than its
 * parent's, so a loop from the end is a post-order walk. Node 0 is the request: it
 * holds the time outside Python. Siblings stand in the order of their first call.
 * One tree per request; not thread-safe. */

#ifndef PROFILER_CALLTREE_H
#define PROFILER_CALLTREE_H

#include "base/slots.h"

#define CALLTREE_ROOT 0u /* never a child, so 0 in a link also means "none" */

struct calltree_node {
    const void *key;  /* what the collector knew the function by; never followed */
    const void *type; /* that its calls were for objects of; see tracer.c; or NULL */
    uint64_t calls;
    uint64_t self; /* the collector's ticks while it runs, then nanoseconds */
    uint32_t func; /* id from functab.h; the root has none */
    uint32_t parent;
    uint32_t last; /* the child entered last */
    uint32_t next; /* the sibling that was entered after this node, last time */
};

struct calltree {
    struct calltree_node *nodes;
    uint32_t count, cap;
    uint32_t limit;     /* nodes, the root included */
    struct slots slots; /* by parent and function; entry: node */
    bool truncated;     /* a child was refused: limit reached or out of memory */
};

/* A tree of the root alone. False when out of memory. */
bool calltree_init(struct calltree *t, uint32_t limit);

/* The child of parent that was entered as key before, when it is the one that the
 * last calls predict; 0 otherwise (then calltree_child finds it by function). */
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

/* Remembers the order of calls for calltree_predict. */
static inline void calltree_follow(struct calltree *t, uint32_t parent, uint32_t child)
{
    struct calltree_node *nodes = t->nodes;
    uint32_t last = nodes[parent].last;
    if (last)
        nodes[last].next = child;
    nodes[parent].last = child;
}

/* Finds or adds a child, and gives it key. 0 when the tree cannot grow: truncated is
 * set, and the collector counts beneath parent by overflow.h. */
uint32_t calltree_child(struct calltree *t, uint32_t parent, uint32_t func,
                        const void *key);

void calltree_free(struct calltree *t);

#endif
