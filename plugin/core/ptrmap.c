#include "ptrmap.h"

#include "hash.h"

#include <stdlib.h>

static uint32_t home(const struct ptrmap *m, const void *key)
{
    return (uint32_t)hash_u64((uint64_t)(uintptr_t)key) & (m->slot_count - 1);
}

uint32_t ptrmap_get(const struct ptrmap *m, const void *key)
{
    if (!m->slot_count)
        return PTRMAP_NONE;
    uint32_t slot = home(m, key);
    while (m->slots[slot].key) {
        if (m->slots[slot].key == key)
            return m->slots[slot].value;
        slot = (slot + 1) & (m->slot_count - 1);
    }
    return PTRMAP_NONE;
}

static void place(struct ptrmap *m, struct ptrmap_entry entry)
{
    uint32_t slot = home(m, entry.key);
    while (m->slots[slot].key)
        slot = (slot + 1) & (m->slot_count - 1);
    m->slots[slot] = entry;
}

static bool grow(struct ptrmap *m)
{
    struct ptrmap old = *m;
    m->slot_count = old.slot_count ? old.slot_count * 2 : 1024;
    m->slots = calloc(m->slot_count, sizeof *m->slots);
    if (!m->slots) {
        *m = old;
        return false;
    }
    for (uint32_t i = 0; i < old.slot_count; i++)
        if (old.slots[i].key)
            place(m, old.slots[i]);
    free(old.slots);
    return true;
}

bool ptrmap_put(struct ptrmap *m, const void *key, uint32_t value)
{
    if ((m->count + 1) * 2 > m->slot_count && !grow(m))
        return false;
    place(m, (struct ptrmap_entry){key, value});
    m->count++;
    return true;
}

void ptrmap_free(struct ptrmap *m)
{
    free(m->slots);
    *m = (struct ptrmap){0};
}
