/* childmap.h -- finds a child in the call tree by the collector's key. calltree_child
 * searches by function, which a key does not tell at once.
 *
 * A slot contains a node's index; 0: free. The node's own key and parent show whether
 * it is the right one, so a node whose key has changed is not found by its old key. A
 * table is at most a quarter full: nearly every search ends at its first slot. Not
 * thread-safe. */

#ifndef PROFILER_CHILDMAP_H
#define PROFILER_CHILDMAP_H

#include "calltree.h"

struct childmap {
    uint32_t *slots;
    uint32_t mask;  /* number of slots - 1; they are a power of two */
    uint32_t count; /* slots in use */
};

/* Returns false when out of memory. */
bool childmap_init(struct childmap *m);

/* The products' upper halves depend on all bits of their factors. */
static inline uint32_t childmap_first(const struct childmap *m, uint32_t parent,
                                      const void *key)
{
    uint64_t hash = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15u +
                    (uint64_t)parent * 0xc2b2ae3d27d4eb4fu;
    return (uint32_t)(hash >> 32) & m->mask;
}

/* Returns false if there is none. The key must not be NULL: the root's is. */
static inline bool childmap_get(const struct childmap *m, const struct calltree *t,
                                uint32_t parent, const void *key, uint32_t *child)
{
    uint32_t slot = childmap_first(m, parent, key);
    for (;;) {
        *child = m->slots[slot];
        const struct calltree_node *n = &t->nodes[*child];
        if (n->key == key && n->parent == parent)
            return true;
        if (*child == CALLTREE_ROOT)
            return false;
        slot = (slot + 1) & m->mask;
    }
}

/* Adds a node, which must be in the tree. When out of memory it is not found: a search
 * by function finds it. */
void childmap_put(struct childmap *m, const struct calltree *t, uint32_t node);

void childmap_free(struct childmap *m);

#endif
