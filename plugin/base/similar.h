/* similar.h -- how far apart two words are, for "did you mean". */

#ifndef PROFILER_SIMILAR_H
#define PROFILER_SIMILAR_H

#include "str.h"

#include <stdint.h>

#define SIMILAR_MAX_BYTES 48 /* longer words are similar to nothing */
#define SIMILAR_NEVER SIZE_MAX

/* The number of bytes to add, remove or replace, or of neighbours to swap, that makes
 * one word of the other. SIMILAR_NEVER when either is longer than the maximum. */
size_t similar_distance(struct str a, struct str b);

/* The distance up to which a mistyped word of this length is worth a suggestion. */
static inline size_t similar_enough(struct str typed)
{
    return typed.len < 3 ? 0 : typed.len < 6 ? 1 : typed.len < 12 ? 2 : 3;
}

#endif
