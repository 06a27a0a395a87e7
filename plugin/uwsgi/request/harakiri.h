/* harakiri.h -- requests that the server is about to kill are reported before it does.
 *
 * With a master, that is who kills a worker, after it has called the hook below.
 * Without one, uWSGI's handler of SIGALRM ends the worker: it is called by one of ours.
 * Either way the request's thread is left to what it does, or hangs in; a thread of the
 * worker, which waits for nothing else, takes what was sampled and writes the reports,
 * without the GIL. Who kills waits for it, but not for long. */

#ifndef PROFILER_HARAKIRI_H
#define PROFILER_HARAKIRI_H

/* In a worker, once its signal handlers are there. */
void harakiri_prepare(void);

/* With each profile of a worker: starts its thread, where the server may kill and it is
 * not there yet. */
void harakiri_watch(void);

/* In the master: this worker is about to be killed. */
void harakiri_hook(int worker);

/* In the master, at least once a second: looks for workers that were told to end, have
 * not, and are killed for it when this second is over. */
void harakiri_cycle(void);

#endif
