/* meant.h -- guesses the flag behind a query value that is almost one.
 *
 * The app gets the value in any case. If its client may profile, the log says what a
 * flag looks like, so that nobody waits in vain for a report. */

#ifndef PROFILER_MEANT_H
#define PROFILER_MEANT_H

#include "options/config.h"

#define MEANT_BYTES_MAX 256 /* longer values resemble no flag */

/* Is this value, which is not a flag, almost one? Then appends the rest of a sentence
 * to *out: 'did you mean "sampling,interval=1ms"?', or which word is unknown and which
 * words exist. Never repeats a possible secret, the value of key= and the like. */
bool meant_find(const struct config *c, struct str value, struct buf *out);

#endif
