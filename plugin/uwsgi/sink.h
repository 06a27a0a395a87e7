/* sink.h -- where finished profiles go: the log and the files. */

#ifndef PROFILER_SINK_H
#define PROFILER_SINK_H

#include "server.h"

/* Writes the profile's reports as its choice says, and destroys it. Takes ownership. An
 * error costs the report, is logged in one line, and nothing else. No GIL needed. */
void sink_submit(struct profile *p);

/* Makes profiler-dir, once, in a worker: an error shows at the start, not with the
 * first profile. */
void sink_prepare(void);

#endif
