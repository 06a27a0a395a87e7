/* events.h -- the two sources of call and return events, behind one interface.
 *
 * events_profile.c: PyEval_SetProfile, up to Python 3.11. events_monitoring.c:
 * sys.monitoring, from 3.12 on. One of them is empty in any build. GIL held. */

#ifndef PROFILER_EVENTS_H
#define PROFILER_EVENTS_H

#include <stdbool.h>

struct tracer;

/* Turn the events on for this tracer, which is already in the thread's list; off for
 * one that is still there. */
bool events_on(struct tracer *t, const char **why);
void events_off(struct tracer *t);

#endif
