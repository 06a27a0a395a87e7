/* greenlets.h -- follows the greenlets of a thread, so that each event goes to the
 * request whose greenlet runs.
 *
 * By greenlet.settrace, chained to a trace function that is there. A greenlet that no
 * profiled request was started in is nobody's: its calls are not recorded. GIL held. */

#ifndef PROFILER_GREENLETS_H
#define PROFILER_GREENLETS_H

#include "collector_kind.h"

/* The collector starts in the greenlet that runs now. Does nothing, and leaves
 * c->greenlet NULL, when the greenlet module is not imported. */
void greenlets_join(struct collector *c);

/* The collector, already out of the thread's list, ends. */
void greenlets_part(struct collector *c);

#endif
