#include "pairtab.h"

#include "hash.h"

#include <stdlib.h>

static void place(struct pairtab *t, uint32_t index)
{
    uint32_t mask = t->slot_count - 1;
    const struct pair *p = &t->pairs[index];
    uint32_t slot = (uint32_t)hash_pair(p->caller, p->callee) & mask;
    while (t->slots[slot])
        slot = (slot + 1) & mask;
    t->slots[slot] = index + 1;
}

static bool grow(struct pairtab *t)
{
    if (t->count == t->cap) {
        uint32_t cap = t->cap ? t->cap * 2 : 512;
        struct pair *pairs = realloc(t->pairs, cap * sizeof *pairs);
        if (!pairs)
            return false;
        t->pairs = pairs;
        t->cap = cap;
    }
    if (!hash_needs_growth(t->count, t->slot_count))
        return true;
    uint32_t slot_count = t->slot_count ? t->slot_count * 2 : 1024;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->slot_count = slot_count;
    for (uint32_t i = 0; i < t->count; i++)
        place(t, i);
    return true;
}

struct pair *pairtab_get(struct pairtab *t, uint32_t caller, uint32_t callee)
{
    if (t->slot_count) {
        uint32_t mask = t->slot_count - 1;
        uint32_t slot = (uint32_t)hash_pair(caller, callee) & mask;
        for (; t->slots[slot]; slot = (slot + 1) & mask) {
            struct pair *p = &t->pairs[t->slots[slot] - 1];
            if (p->caller == caller && p->callee == callee)
                return p;
        }
    }
    if (!grow(t))
        return NULL;
    t->pairs[t->count] = (struct pair){.caller = caller, .callee = callee};
    place(t, t->count);
    return &t->pairs[t->count++];
}

void pairtab_free(struct pairtab *t)
{
    free(t->pairs);
    free(t->slots);
    *t = (struct pairtab){0};
}
