/* minute.h -- so many a minute, counted in one word by all who can reach it.
 *
 *     minute since the clock's start : 32 | taken in it : 32
 *
 * Fixed minutes of a clock that never jumps (CLOCK_MONOTONIC, which all processes of a
 * machine share). A word of another minute, a later one too, counts as an empty one, so
 * no state can lock anybody out for longer than a minute. No lock; zeroed is empty. */

#ifndef PROFILER_MINUTE_H
#define PROFILER_MINUTE_H

#include <stdbool.h>
#include <stdint.h>

/* Takes one of the most that there are in the minute of now_ns. False when all of them
 * are taken. */
bool minute_take(uint64_t *word, uint64_t now_ns, uint32_t most);

#endif
