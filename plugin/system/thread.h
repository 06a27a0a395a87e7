/* thread.h -- threads of our own, in a process whose signals are for the server's. */

#ifndef PROFILER_THREAD_H
#define PROFILER_THREAD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Blocks all signals of the calling thread but those of faults, which would end the
 * process without a word. Gives what was blocked before, for pthread_sigmask. */
sigset_t thread_block_signals(void);

/* Starts a detached thread, with signals blocked so. False when there can be none. */
bool thread_start(void *(*body)(void *), void *argument, size_t stack_bytes);

/* Runs something once, on a thread of its own that ends with it, because it may hang.
 * On the calling thread where there can be no other. */
void thread_aside(void (*work)(void), size_t stack_bytes);

#endif
