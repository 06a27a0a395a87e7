/* meant.h -- a query value that is almost a flag: what was it meant to be?
 *
 * The value stays the app's own. Whoever may profile learns from the log what a flag
 * is, instead of waiting for a report that never comes. */

#ifndef PROFILER_MEANT_H
#define PROFILER_MEANT_H

#include "options/config.h"

#define MEANT_BYTES_MAX 256 /* a longer value resembles no flag */

/* Is this value, which is no flag, almost one? Then *out gets the rest of a sentence:
 * 'did you mean "sampling,interval=1ms"?', or which of its words is unknown and which
 * there are. It never holds what may be a secret: what key= and its like stand before.
 */
bool meant_find(const struct config *c, struct str value, struct buf *out);

#endif
