/* stop.h -- no report is lost in silence when a worker ends.
 *
 * uWSGI's handlers of SIGHUP, SIGINT and SIGTERM call exit(), and a second signal calls
 * exit() again, which skips what the first one was doing. SIGQUIT kills a worker at
 * once. So while queued reports are written, further signals of these are dropped, and
 * SIGQUIT waits for the reports. What a worker could not write, as it was killed, is
 * told by the master. */

#ifndef PROFILER_STOP_H
#define PROFILER_STOP_H

/* Once, in a worker, before its first request. */
void stop_enter_worker(void);

/* In a worker, once its signal handlers are there; may be called again. A handler of
 * the app's stays. */
void stop_prepare(void);

/* At the end of any process of the server: in a worker, writes what is queued. May run
 * in a signal handler that has interrupted anything, and on several threads at once. */
void stop_flush(void);

/* In the master, after each death of a worker: tells of the reports that died with it.
 */
void stop_cycle(void);

#endif
