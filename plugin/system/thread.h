/* thread.h -- starts threads that take none of the server's signals. */

#ifndef PROFILER_THREAD_H
#define PROFILER_THREAD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Blocks all signals of the calling thread, except those of faults: a blocked fault
 * would end the process without a message. Returns the mask before, for
 * pthread_sigmask. */
sigset_t thread_block_signals(void);

/* Starts a detached thread, with these signals blocked. False on failure. */
bool thread_start(void *(*body)(void *), void *argument, size_t stack_bytes);

/* Runs work on a thread of its own, because it may hang. If no thread can be started,
 * runs it on the calling thread. */
void thread_aside(void (*work)(void), size_t stack_bytes);

#endif
