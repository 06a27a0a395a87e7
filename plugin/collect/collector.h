/* collector.h -- collects the profile of one request: start, finish, and what happens
 * in between to the thread it runs on.
 *
 * The deterministic collector records every call and return, fed by PyEval_SetProfile
 * up to Python 3.11 and by sys.monitoring from 3.12 on. The sampling collector has a
 * thread of the process read the request's stack at intervals. Both see their own
 * request alone: several may run at once, in several threads, or in several greenlets
 * or coroutines of one thread. No header of Python's is needed to include this. */

#ifndef PROFILER_COLLECTOR_H
#define PROFILER_COLLECTOR_H

#include "collector_settings.h"

struct collector;     /* of one request */
struct collector_env; /* of the process */
struct profile;

/* For one worker process, before its first request; lives as long as the process. NULL
 * when out of memory. No GIL needed. */
struct collector_env *collector_env_create(void);

/* Starts on this thread and this interpreter, as the request's next step. GIL held.
 * NULL with the reason in *why (static) when it cannot: out of memory, or somebody else
 * holds what it needs. */
struct collector *collector_start(struct collector_env *env,
                                  const struct collector_settings *settings,
                                  const char **why);

/* Ends it, moves what it collected, and the times of the request, into the profile, and
 * frees it. On the thread and the interpreter of the start; GIL held. A pending
 * exception stays pending. */
void collector_finish(struct collector *c, struct profile *p);

/* Ends it early, from another thread, whatever its own is doing: moves what it has
 * collected so far, and the times, into the profile. collector_finish is still to be
 * called, if its thread gets there, and not meanwhile: it then adds nothing. No GIL
 * needed. False when that cannot be done, at all (the deterministic collector: its tree
 * is in its own thread's hands) or in a fifth of a second; nothing has happened then.
 */
bool collector_take(struct collector *c, struct profile *p);

/* The thread turns to another request, and back. Time goes on for this one: to its
 * caller it waits. No GIL needed. */
void collector_pause(struct collector *c);
void collector_resume(struct collector *c);

#endif
