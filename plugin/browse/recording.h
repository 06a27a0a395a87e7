/* recording.h -- flag.json: what the list must know to set the flag's cookie for its
 * browser ("Profile what I do"). */

#ifndef PROFILER_RECORDING_H
#define PROFILER_RECORDING_H

#include "base/buf.h"
#include "options/config.h"

/* What the server knows. */
struct recording {
    bool has_app;
    uint32_t taken; /* of this minute's profiles (profiler-max-per-minute) */
};

/* Appends
 *     {"v":1,"app":true,"possible":true,"cookie":"profile","most":60,"taken":3}
 *
 * possible: false with a key, as a script cannot prove one, and without an app. cookie:
 * the name of the flag's cookie; null: profiler-trigger has none. most:
 * profiler-max-per-minute; 0: no limit. */
void recording_write(const struct recording *r, const struct config *c,
                     struct buf *out);

#endif
