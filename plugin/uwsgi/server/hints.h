/* hints.h -- logs why an expected report does not come.
 *
 * At most one line a minute for each reason, over all workers; it says how many times
 * the reason has occurred since the last line. The client gets no hint. Any thread, no
 * lock. */

#ifndef PROFILER_HINTS_H
#define PROFILER_HINTS_H

#include "server.h"
#include "shared.h"

#include "gate/trigger.h"

/* A flag was ignored, or a request for the shelf (what: "flag from "): logs the sender,
 * the reason, and what would allow it. */
void hint_denied(const char *what, const struct denial *denial);

/* A client that may profile sent a query value that is almost a flag, and it went to
 * the app: logs the parameter and the path. meant: see meant.h. */
void hint_almost(struct str parameter, struct str path, const char *meant);

/* A request was not profiled because of a limit. */
void hint_limited(enum hint limit);

#endif
