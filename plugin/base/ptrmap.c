#include "ptrmap.h"

#include "hash.h"

#include <stdlib.h>

static uint32_t home(const struct ptrmap *m, const void *key)
{
    return (uint32_t)hash_u64((uint64_t)(uintptr_t)key) & (m->slot_count - 1);
}

/* The slot of the key, or the free slot where it belongs. */
static struct ptrmap_entry *find(const struct ptrmap *m, const void *key)
{
    uint32_t slot = home(m, key);
    while (m->slots[slot].key && m->slots[slot].key != key)
        slot = (slot + 1) & (m->slot_count - 1);
    return &m->slots[slot];
}

uint32_t ptrmap_get(const struct ptrmap *m, const void *key)
{
    if (!m->slot_count)
        return PTRMAP_NONE;
    const struct ptrmap_entry *entry = find(m, key);
    return entry->key ? entry->value : PTRMAP_NONE;
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
            *find(m, old.slots[i].key) = old.slots[i];
    free(old.slots);
    return true;
}

bool ptrmap_put(struct ptrmap *m, const void *key, uint32_t value)
{
    if ((m->count + 1) * 2 > m->slot_count && !grow(m))
        return false;
    struct ptrmap_entry *entry = find(m, key);
    m->count += !entry->key;
    *entry = (struct ptrmap_entry){key, value};
    return true;
}

void ptrmap_forget(struct ptrmap *m, const void *key)
{
    struct ptrmap_entry *entry = m->slot_count ? find(m, key) : NULL;
    if (entry && entry->key)
        entry->value = PTRMAP_NONE;
}

void ptrmap_free(struct ptrmap *m)
{
    free(m->slots);
    *m = (struct ptrmap){0};
}
