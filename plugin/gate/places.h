/* places.h -- limits the profiles that run at once in a worker. No lock; any thread.
 *
 * A place becomes free when it is given back, or when the time of its profile is over
 * (profiler-max-time), whichever comes first. At that time the collector ends by
 * itself, while the response may go on for hours. Each place is one word: 0 (free), or
 * the time until which it is taken. */

#ifndef PROFILER_PLACES_H
#define PROFILER_PLACES_H

#include "base/word64.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACE_OPEN UINT64_MAX /* taken until it is given back */

struct places {
    word64 *until_ns; /* owned; CLOCK_MONOTONIC; atomic */
    size_t count;
};

struct held_place {
    word64 *word; /* NULL: none */
    uint64_t until_ns;
};

/* False when out of memory. Never freed: it lives as long as the process. */
bool places_init(struct places *p, size_t count);

/* Takes a place, without a time limit. False when none is free. */
bool places_take(struct places *p, uint64_t now_ns, struct held_place *place);

/* Sets the time limit, which must be in the future. After until_ns, another request may
 * take the place. */
void place_limit(struct held_place *place, uint64_t until_ns);

/* Gives the place back, unless another request has taken it. Call it once for each
 * place taken. */
void place_leave(struct held_place *place);

#endif
