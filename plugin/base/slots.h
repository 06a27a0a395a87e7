/* slots.h -- the hash half of a table whose entries stand in an array of their own.
 *
 * Entries are numbered from 1 in the order in which they were added, which they keep;
 * a slot holds such a number, 0 when it is free. Open addressing, at most half full.
 *
 *     for (uint32_t i = slots_first(s, hash); s->entries[i]; i = slots_next(s, i))
 *         ... is s->entries[i] the one? ...
 *
 * is a search, once there are slots (s->count). Not thread-safe. */

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

/* Room for one more beside those there are; hash gives that of an entry of the table.
 * False when out of memory, and nothing has changed. */
bool slots_reserve(struct slots *s, uint32_t entries,
                   uint64_t (*hash)(const void *table, uint32_t entry),
                   const void *table);

/* There must be room. */
void slots_place(struct slots *s, uint64_t hash, uint32_t entry);

void slots_free(struct slots *s);

#endif
