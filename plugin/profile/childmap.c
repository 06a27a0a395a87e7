#include "childmap.h"

#include <stdlib.h>

#define SLOTS_FIRST 1024

bool childmap_init(struct childmap *m)
{
    *m = (struct childmap){.mask = SLOTS_FIRST - 1};
    m->slots = calloc(SLOTS_FIRST, sizeof *m->slots);
    return m->slots != NULL;
}

/* A node that has had several keys in turn may be in several slots. */
static void place(struct childmap *m, const struct calltree *t, uint32_t node)
{
    const struct calltree_node *n = &t->nodes[node];
    uint32_t slot = childmap_first(m, n->parent, n->key);
    while (m->slots[slot] && m->slots[slot] != node)
        slot = (slot + 1) & m->mask;
    m->count += !m->slots[slot];
    m->slots[slot] = node;
}

static bool grow(struct childmap *m, const struct calltree *t)
{
    if (m->mask > UINT32_MAX / 2)
        return false;
    struct childmap larger = {.mask = m->mask * 2 + 1};
    larger.slots = calloc((size_t)larger.mask + 1, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (uint32_t node = 1; node < t->count; node++)
        place(&larger, t, node);
    free(m->slots);
    *m = larger;
    return true;
}

void childmap_put(struct childmap *m, const struct calltree *t, uint32_t node)
{
    if (m->count < (m->mask + 1) / 4 || grow(m, t))
        place(m, t, node);
}

void childmap_free(struct childmap *m)
{
    free(m->slots);
    *m = (struct childmap){0};
}
