/* harakiri.h -- reports requests that the server is about to kill, before it kills
 * them.
 *
 * With a master, the master kills a worker, after it has called the hook below. Without
 * one, uWSGI's handler of SIGALRM ends the worker; our handler runs first, and then
 * calls it. In both cases the request's thread is left alone, as it may hang. Another
 * thread of the worker, reserved for this, takes the samples and writes the reports,
 * without the GIL. The killer waits for that thread, for a limited time. */

#ifndef PROFILER_HARAKIRI_H
#define PROFILER_HARAKIRI_H

/* Call it in a worker, once the server's signal handlers are installed. */
void harakiri_prepare(void);

/* Call it with each profile of a worker. Starts the reserved thread if the server may
 * kill this worker and the thread does not run yet. */
void harakiri_watch(void);

/* In the master: this worker is about to be killed. */
void harakiri_hook(int worker);

/* In the master, at least once a second: reports the requests of workers that were
 * asked to end and have not, and that the server kills at the end of this second. */
void harakiri_cycle(void);

#endif
