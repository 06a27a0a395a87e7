/* killed.h -- writes the reports of requests that are about to be killed. */

#ifndef PROFILER_KILLED_H
#define PROFILER_KILLED_H

#include "profile/profile.h"

/* Takes the samples of all requests that run in this worker, and reports them with this
 * notice, the longest request first. Call it on a thread that runs no request; no GIL
 * needed. */
void killed_report_all(enum notice_code why);

#endif
