/* threads.h -- sets a notice when a profiled request starts a thread.
 *
 * The profile does not contain that thread's work, and must say so. We replace the
 * functions of the module _thread that start a thread, in their definitions. This
 * catches every caller (threading, an executor, gevent's pool), whatever name the app
 * uses. Threads that exist already, or that other code starts, set no notice. */

#ifndef PROFILER_THREADS_H
#define PROFILER_THREADS_H

/* Replaces the functions, for as long as the process lives. While no request is
 * profiled, a call costs next to nothing. GIL held; a pending exception stays
 * pending. */
void threads_watch(void);

#endif
