#include "calltree.h"

#include "hash.h"

#include <stdlib.h>

bool calltree_init(struct calltree *t, uint32_t limit)
{
    *t = (struct calltree){.cap = 512, .limit = limit};
    t->nodes = malloc(t->cap * sizeof *t->nodes);
    if (!t->nodes)
        return false;
    t->nodes[CALLTREE_ROOT] = (struct calltree_node){0};
    t->count = 1;
    return true;
}

static void place(struct calltree *t, uint32_t node)
{
    uint32_t mask = t->slot_count - 1;
    const struct calltree_node *n = &t->nodes[node];
    uint32_t slot = (uint32_t)hash_pair(n->parent, n->func) & mask;
    while (t->slots[slot])
        slot = (slot + 1) & mask;
    t->slots[slot] = node;
}

static bool grow_slots(struct calltree *t)
{
    uint32_t slot_count = t->slot_count ? t->slot_count * 2 : 1024;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->slot_count = slot_count;
    for (uint32_t node = 1; node < t->count; node++)
        place(t, node);
    return true;
}

static bool grow_nodes(struct calltree *t)
{
    uint32_t cap = t->cap * 2;
    struct calltree_node *nodes = realloc(t->nodes, cap * sizeof *nodes);
    if (!nodes)
        return false;
    t->nodes = nodes;
    t->cap = cap;
    return true;
}

static uint32_t find(const struct calltree *t, uint32_t parent, uint32_t func)
{
    if (!t->slot_count)
        return CALLTREE_ROOT;
    uint32_t mask = t->slot_count - 1;
    uint32_t slot = (uint32_t)hash_pair(parent, func) & mask;
    for (; t->slots[slot]; slot = (slot + 1) & mask) {
        const struct calltree_node *n = &t->nodes[t->slots[slot]];
        if (n->parent == parent && n->func == func)
            return t->slots[slot];
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
    if (t->count >= t->limit || (t->count == t->cap && !grow_nodes(t)) ||
        (hash_needs_growth(t->count, t->slot_count) && !grow_slots(t))) {
        t->truncated = true;
        return CALLTREE_ROOT;
    }
    node = t->count++;
    t->nodes[node] = (struct calltree_node){.key = key, .func = func, .parent = parent};
    place(t, node);
    return node;
}

void calltree_free(struct calltree *t)
{
    free(t->nodes);
    free(t->slots);
    *t = (struct calltree){0};
}
