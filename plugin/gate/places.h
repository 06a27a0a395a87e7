/* places.h -- so many profiles at once, taken and given back by all threads of a worker
 * without a lock.
 *
 * A place is free when it is given back, or when the time of its profile is over
 * (profiler-max-time), whatever comes first: a collector ends by itself then, while the
 * response may go on for hours. Each place is one word: 0 (free), or the time until
 * which it is taken. */

#ifndef PROFILER_PLACES_H
#define PROFILER_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACE_OPEN UINT64_MAX /* taken until it is given back */

struct places {
    uint64_t *until_ns; /* owned; CLOCK_MONOTONIC; atomic */
    size_t count;
};

struct held_place {
    uint64_t *word; /* NULL: none */
    uint64_t until_ns;
};

/* False when out of memory. Never freed: it lives as long as the process. */
bool places_init(struct places *p, size_t count);

/* Takes one, open-ended. False when none is free. */
bool places_take(struct places *p, uint64_t now_ns, struct held_place *place);

/* From now on somebody else may have it after until_ns, which is in the future. */
void place_limit(struct held_place *place, uint64_t until_ns);

/* Gives it back, unless somebody else has it by now. Once for each that was taken. */
void place_leave(struct held_place *place);

#endif
