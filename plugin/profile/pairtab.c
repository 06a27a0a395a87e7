#include "pairtab.h"

#include "base/hash.h"
#include "base/vec.h"

#include <stdlib.h>

static uint64_t entry_hash(const void *table, uint32_t entry)
{
    const struct pair *p = &((const struct pairtab *)table)->pairs[entry - 1];
    return hash_pair(p->caller, p->callee);
}

static bool make_room(struct pairtab *t)
{
    return VEC_ROOM(t->pairs, t->count, t->cap, 512) &&
           slots_reserve(&t->slots, t->count, entry_hash, t);
}

static struct pair *find(struct pairtab *t, uint32_t caller, uint32_t callee)
{
    const struct slots *s = &t->slots;
    if (!s->count)
        return NULL;
    uint32_t i = slots_first(s, hash_pair(caller, callee));
    for (; s->entries[i]; i = slots_next(s, i)) {
        struct pair *p = &t->pairs[s->entries[i] - 1];
        if (p->caller == caller && p->callee == callee)
            return p;
    }
    return NULL;
}

struct pair *pairtab_get(struct pairtab *t, uint32_t caller, uint32_t callee)
{
    struct pair *p = find(t, caller, callee);
    if (p || !make_room(t))
        return p;
    p = &t->pairs[t->count++];
    *p = (struct pair){.caller = caller, .callee = callee};
    slots_place(&t->slots, entry_hash(t, t->count), t->count);
    return p;
}

void pairtab_free(struct pairtab *t)
{
    free(t->pairs);
    slots_free(&t->slots);
    *t = (struct pairtab){0};
}
