/* waits.h -- where a sampled request's time went, in words. */

#ifndef PROFILER_WAITS_H
#define PROFILER_WAITS_H

#include "profile/profile.h"

/* "CPU", "network read"; static. */
const char *waits_label(const struct profile *p, enum wait_kind kind);

/* 14 % CPU, 83 % network read (127.0.0.1:5432), 3 % GIL
 *
 * CPU first, then what took most, down to 1 %; nothing where no time is known. With
 * peers: who was waited for. */
void waits_add(const struct profile *p, bool with_peers, struct buf *out);

#endif
