/* stop.h -- writes the queued reports when a worker ends, and logs those that are lost.
 *
 * uWSGI's handlers of SIGHUP, SIGINT and SIGTERM call exit(). A second signal calls
 * exit() again, which skips the work of the first call. SIGQUIT kills a worker at once.
 * So while queued reports are written, further signals of these kinds are dropped, and
 * SIGQUIT waits for the reports. Reports that are lost because their worker was killed
 * are logged by the master. */

#ifndef PROFILER_STOP_H
#define PROFILER_STOP_H

/* Call it once in a worker, before its first request. */
void stop_enter_worker(void);

/* Call it in a worker once its signal handlers are installed; may be called again.
 * Keeps a handler of the app. */
void stop_prepare(void);

/* For the end of any process of the server: in a worker, writes the queued reports. May
 * run in a signal handler that has interrupted any code, and on several threads at
 * once. */
void stop_flush(void);

/* In the master, after each death of a worker: logs the reports that died with it. */
void stop_cycle(void);

#endif
