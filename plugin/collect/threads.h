/* threads.h -- notices the threads that a profiled request starts.
 *
 * What they do is in no profile, and the request's must say so. The functions of the
 * module _thread that start one are led through here, at their definition: whoever
 * calls them (threading, an executor, gevent's pool) is met, whatever names the app has
 * for them. Threads that are there anyway, and those that others start, are no reason
 * for the notice. */

#ifndef PROFILER_THREADS_H
#define PROFILER_THREADS_H

/* From the first call on, and for good: a call costs nothing where nobody is profiled.
 * GIL held; a pending exception stays pending. */
void threads_watch(void);

#endif
