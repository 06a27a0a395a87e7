/* killed.h -- the last report of requests that will not come to their end. */

#ifndef PROFILER_KILLED_H
#define PROFILER_KILLED_H

#include "profile/profile.h"

/* All requests that run in this worker are about to be killed: takes what was sampled
 * of them and reports it with this notice, the longest first. On a thread that runs
 * none; no GIL needed. */
void killed_report_all(enum notice_code why);

#endif
