/* sink.h -- where finished profiles go: the log and the files. */

#ifndef PROFILER_SINK_H
#define PROFILER_SINK_H

#include "server.h"

/* Writes the profile's reports as its choice says, and destroys it. Takes ownership. An
 * error costs the report, is logged in one line, and nothing else. No GIL needed. */
void sink_submit(struct profile *p);

/* Once, in a worker: makes profiler-dir, so that an error shows at the start and not
 * with the first profile, and reads from the environment what reports look at. */
void sink_prepare(void);

#endif
