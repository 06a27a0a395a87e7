#include "preorder.h"

#include <stdlib.h>

/* Counts the nodes of each subtree. From the end, as children come after their
 * parents. */
static void count_subtrees(const struct calltree *t, uint32_t *sizes)
{
    for (uint32_t i = t->count; i-- > 0;) {
        sizes[i]++;
        if (i != CALLTREE_ROOT)
            sizes[t->nodes[i].parent] += sizes[i];
    }
}

/* A child comes after its parent and after the subtrees of the siblings before it.
 * free_places is, by node, the place for its next child. */
static void place_nodes(struct preorder *o, const struct calltree *t,
                        const uint32_t *sizes, uint32_t *free_places)
{
    free_places[CALLTREE_ROOT] = 1;
    for (uint32_t i = 1; i < t->count; i++) {
        uint32_t *place = &free_places[t->nodes[i].parent];
        o->places[i] = *place;
        *place += sizes[i];
        free_places[i] = o->places[i] + 1;
    }
}

bool preorder_make(struct preorder *o, const struct calltree *t)
{
    *o = (struct preorder){.count = t->count};
    o->nodes = calloc(t->count ? 3 * (size_t)t->count : 1, sizeof *o->nodes);
    if (!o->nodes) {
        *o = (struct preorder){0};
        return false;
    }
    o->places = o->nodes + t->count;
    o->depths = o->places + t->count;
    if (t->count == 0)
        return true;
    count_subtrees(t, o->nodes);
    place_nodes(o, t, o->nodes, o->depths); /* both are working memory until here */
    o->depths[CALLTREE_ROOT] = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        o->nodes[o->places[i]] = i;
        if (i != CALLTREE_ROOT)
            o->depths[i] = o->depths[t->nodes[i].parent] + 1;
    }
    return true;
}

void preorder_free(struct preorder *o)
{
    free(o->nodes);
    *o = (struct preorder){0};
}
