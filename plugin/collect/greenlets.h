/* greenlets.h -- follows the greenlets of a thread: each event goes to the request
 * whose greenlet runs.
 *
 * Uses greenlet.settrace, and calls the trace function that was set before. Calls in a
 * greenlet that started no profiled request are not recorded. GIL held. */

#ifndef PROFILER_GREENLETS_H
#define PROFILER_GREENLETS_H

#include "collector_kind.h"

/* Registers the current greenlet as the one that runs the request. Does nothing, and
 * leaves c->greenlet NULL, when the greenlet module is not imported. */
void greenlets_join(struct collector *c);

/* Ends the registration. The collector is no longer in the thread's list. */
void greenlets_leave(struct collector *c);

#endif
