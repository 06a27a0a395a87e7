/* similar.h -- the distance between two words, for "did you mean". */

#ifndef PROFILER_SIMILAR_H
#define PROFILER_SIMILAR_H

#include "str.h"

#include <stdint.h>

#define SIMILAR_MAX_BYTES 48 /* longer words are similar to no word */
#define SIMILAR_NEVER SIZE_MAX

/* Returns the number of bytes to add, remove or replace, or of neighbours to swap, to
 * turn one word into the other. SIMILAR_NEVER if one of them is longer than
 * SIMILAR_MAX_BYTES. */
size_t similar_distance(struct str a, struct str b);

/* The maximum distance at which a suggestion for a mistyped word is useful. */
static inline size_t similar_enough(struct str typed)
{
    return typed.len < 3 ? 0 : typed.len < 6 ? 1 : typed.len < 12 ? 2 : 3;
}

#endif
