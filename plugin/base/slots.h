/* slots.h -- the index of a hash table whose entries are in an array of their own.
 *
 * The user numbers the entries from 1, in the order in which they were added. A slot
 * contains the number of an entry; 0: free. Open addressing, at most half full. To
 * search, if there are slots (s->count):
 *
 *     for (uint32_t i = slots_first(s, hash); s->entries[i]; i = slots_next(s, i))
 *         ... is s->entries[i] the one? ...
 *
 * Not thread-safe. */

#ifndef PROFILER_SLOTS_H
#define PROFILER_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slots {
    uint32_t *entries;
    uint32_t count; /* a power of two, or 0 */
};

static inline uint32_t slots_first(const struct slots *s, uint64_t hash)
{
    return (uint32_t)hash & (s->count - 1);
}

static inline uint32_t slots_next(const struct slots *s, uint32_t slot)
{
    return (slot + 1) & (s->count - 1);
}

/* Makes room for one more entry, when there are `entries` of them. hash returns the
 * hash of an entry of table. Returns false when out of memory; s is unchanged then. */
bool slots_reserve(struct slots *s, uint32_t entries,
                   uint64_t (*hash)(const void *table, uint32_t entry),
                   const void *table);

/* Adds an entry. Call slots_reserve first. */
void slots_place(struct slots *s, uint64_t hash, uint32_t entry);

void slots_free(struct slots *s);

#endif
