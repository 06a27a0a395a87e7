/* ptrmap.h -- address -> function id: what a collector knows functions by while it
 * runs.
 *
 * Addresses are compared, never followed. One map per request; not thread-safe. */

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
    struct ptrmap_entry *slots; /* key NULL: free */
    uint32_t count, slot_count;
};

uint32_t ptrmap_get(const struct ptrmap *m, const void *key);

/* The key is not NULL; one that is there gets the new value. False when out of memory.
 */
bool ptrmap_put(struct ptrmap *m, const void *key, uint32_t value);

/* What was at this address is gone: something else may come to be there. */
void ptrmap_forget(struct ptrmap *m, const void *key);

void ptrmap_free(struct ptrmap *m);

#endif
