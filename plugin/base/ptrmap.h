/* ptrmap.h -- maps an address to a function id. Collectors identify functions by
 * address while they run.
 *
 * Addresses are compared, never dereferenced. One map per request; not thread-safe. */

#ifndef PROFILER_PTRMAP_H
#define PROFILER_PTRMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTRMAP_NONE UINT32_MAX

struct ptrmap_entry {
    const void *key;
    uint32_t value;
};

struct ptrmap {
    struct ptrmap_entry *slots; /* key NULL: free slot */
    uint32_t count, slot_count;
};

uint32_t ptrmap_get(const struct ptrmap *m, const void *key);

/* Adds a key, or gives an existing one a new value. The key must not be NULL. Returns
 * false when out of memory. */
bool ptrmap_put(struct ptrmap *m, const void *key, uint32_t value);

/* Removes an address. Call it when the object is freed: a new object may get the same
 * address. */
void ptrmap_forget(struct ptrmap *m, const void *key);

void ptrmap_free(struct ptrmap *m);

#endif
