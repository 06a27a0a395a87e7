#include "calltree.h"

#include "base/hash.h"
#include "base/vec.h"

#include <stdlib.h>

#define NODES_FIRST 512

bool calltree_init(struct calltree *t, uint32_t limit)
{
    *t = (struct calltree){.cap = NODES_FIRST, .limit = limit};
    t->nodes = malloc(t->cap * sizeof *t->nodes);
    if (!t->nodes)
        return false;
    t->nodes[CALLTREE_ROOT] = (struct calltree_node){0};
    t->count = 1;
    return true;
}

static uint64_t entry_hash(const void *table, uint32_t node)
{
    const struct calltree_node *n = &((const struct calltree *)table)->nodes[node];
    return hash_pair(n->parent, n->func);
}

static uint32_t find(const struct calltree *t, uint32_t parent, uint32_t func)
{
    const struct slots *s = &t->slots;
    if (!s->count)
        return CALLTREE_ROOT;
    uint32_t i = slots_first(s, hash_pair(parent, func));
    for (; s->entries[i]; i = slots_next(s, i)) {
        const struct calltree_node *n = &t->nodes[s->entries[i]];
        if (n->parent == parent && n->func == func)
            return s->entries[i];
    }
    return CALLTREE_ROOT;
}

uint32_t calltree_child(struct calltree *t, uint32_t parent, uint32_t func,
                        const void *key)
{
    uint32_t node = find(t, parent, func);
    if (node) {
        t->nodes[node].key = key;
        return node;
    }
    if (t->count >= t->limit || !VEC_ROOM(t->nodes, t->count, t->cap, NODES_FIRST) ||
        !slots_reserve(&t->slots, t->count - 1, entry_hash, t)) {
        t->truncated = true;
        return CALLTREE_ROOT;
    }
    node = t->count++;
    t->nodes[node] = (struct calltree_node){.key = key, .func = func, .parent = parent};
    slots_place(&t->slots, entry_hash(t, node), node);
    return node;
}

void calltree_free(struct calltree *t)
{
    free(t->nodes);
    slots_free(&t->slots);
    *t = (struct calltree){0};
}
