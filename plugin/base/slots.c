#include "slots.h"

#include <stdlib.h>

void slots_place(struct slots *s, uint64_t hash, uint32_t entry)
{
    uint32_t slot = slots_first(s, hash);
    while (s->entries[slot])
        slot = slots_next(s, slot);
    s->entries[slot] = entry;
}

bool slots_reserve(struct slots *s, uint32_t entries,
                   uint64_t (*hash)(const void *table, uint32_t entry),
                   const void *table)
{
    if ((entries + 1) * 2 <= s->count)
        return true;
    struct slots larger = {.count = s->count ? s->count * 2 : 1024};
    larger.entries = calloc(larger.count, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    free(s->entries);
    *s = larger;
    for (uint32_t entry = 1; entry <= entries; entry++)
        slots_place(s, hash(table, entry), entry);
    return true;
}

void slots_free(struct slots *s)
{
    free(s->entries);
    *s = (struct slots){0};
}
