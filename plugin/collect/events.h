/* events.h -- switches call and return events on and off. There are two sources.
 *
 * events_profile.c: PyEval_SetProfile, up to Python 3.11. events_monitoring.c:
 * sys.monitoring, from 3.12 on. Each file is empty in a build that uses the other. GIL
 * held. */

#ifndef PROFILER_EVENTS_H
#define PROFILER_EVENTS_H

#include <stdbool.h>

struct tracer;

/* Switches the events on or off for this tracer, which is in the thread's list.
 * events_on returns false, with the reason in *why, on failure. */
bool events_on(struct tracer *t, const char **why);
void events_off(struct tracer *t);

#endif
