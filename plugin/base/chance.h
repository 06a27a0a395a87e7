/* chance.h -- one request in so many, drawn by all threads of a worker without a lock.
 *
 * A draw is one atomic addition (of the golden ratio's bits, so that no state comes
 * twice in 2^64 draws) and splitmix64's mixing of the sum. */

#ifndef PROFILER_CHANCE_H
#define PROFILER_CHANCE_H

#include "str.h"

#include <stdbool.h>
#include <stdint.h>

#define CHANCE_SURE 1000000000u /* a chance is counted in billionths */

/* Reads a decimal above 0 and at most 1: "0.01", ".5", "1". At most nine decimals.
 * False when it is none. */
bool chance_parse(struct str value, uint32_t *billionths);

/* Draws, and is it a hit? *state may start anywhere, best where no other process's
 * does. */
static inline bool chance_draw(uint64_t *state, uint32_t billionths)
{
    uint64_t z = __atomic_add_fetch(state, 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (z >> 32) * CHANCE_SURE >> 32 < billionths;
}

#endif
