/* waits.h -- describes in words where a sampled request's time went. */

#ifndef PROFILER_WAITS_H
#define PROFILER_WAITS_H

#include "profile/profile.h"

/* "CPU", "network read"; static. */
const char *waits_label(const struct profile *p, enum wait_kind kind);

/* Appends, for example,
 *
 *     14 % CPU, 83 % network read (127.0.0.1:5432), 3 % GIL
 *
 * CPU comes first, then the other kinds from the longest to 1 %. Appends nothing if no
 * time is known. with_peers: names the peers that the request waited for. */
void waits_add(const struct profile *p, bool with_peers, struct buf *out);

#endif
