/* hints.h -- lines of the log for those who wait for a report that does not come.
 *
 * Each at most once a minute for each reason, by all workers together; it says how
 * often it has happened since. The client is told nothing. Any thread, no lock. */

#ifndef PROFILER_HINTS_H
#define PROFILER_HINTS_H

#include "uwsgi/server/server.h"
#include "uwsgi/server/shared.h"

#include "gate/trigger.h"

/* A flag was ignored: of whom, why, and what would let it in. */
void hint_denied(const struct denial *denial);

/* A query value was left to the app, which is almost a flag of a client that may
 * profile: of which parameter and path; meant: see meant.h. */
void hint_almost(struct str parameter, struct str path, const char *meant);

/* A request was not profiled, at one of the limits. */
void hint_limited(enum hint limit);

#endif
