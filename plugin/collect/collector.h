/* collector.h -- collects the profile of one request: start, finish, and pauses in
 * between.
 *
 * The deterministic collector records every call and return. Its events come from
 * PyEval_SetProfile up to Python 3.11, and from sys.monitoring from 3.12 on. For the
 * sampling collector, one thread per process reads the request's stack at intervals.
 * Both see only their own request. So several may run at once, in several threads, or
 * in several greenlets or coroutines of one thread. This header does not need
 * Python.h. */

#ifndef PROFILER_COLLECTOR_H
#define PROFILER_COLLECTOR_H

#include "collector_settings.h"

struct collector;     /* one request's */
struct collector_env; /* one per process */
struct profile;

/* Creates the collectors' common state, once per worker process, before its first
 * request. It lives as long as the process. NULL when out of memory. No GIL needed. */
struct collector_env *collector_env_create(void);

/* Starts collecting on the calling thread and in its interpreter. Call it when the
 * thread is about to run the request. GIL held. NULL, with the reason in *why (a static
 * string), when out of memory or when another tool holds what the collector needs. */
struct collector *collector_start(struct collector_env *env,
                                  const struct collector_settings *settings,
                                  const char **why);

/* Ends the collector, moves what it collected and the times of the request into the
 * profile, and frees it. Must run on the thread and in the interpreter of the start,
 * GIL held. A pending exception stays pending. */
void collector_finish(struct collector *c, struct profile *p);

/* Ends the collector early, from another thread, whatever the request's thread is
 * doing: moves what was collected so far, and the times, into the profile. If the
 * request ends after all, its thread must call collector_finish, which then adds
 * nothing; the two calls must not overlap. No GIL needed. False, with nothing changed,
 * for the deterministic collector (only its own thread may touch its tree), or when the
 * sampler's lock is not free within 0.2 s. */
bool collector_take(struct collector *c, struct profile *p);

/* The thread switches to another request (pause), and back (resume). The time of a
 * paused request goes on: its client waits. No GIL needed. */
void collector_pause(struct collector *c);
void collector_resume(struct collector *c);

#endif
