/* guard.h -- reads memory that may go away while it is read.
 *
 * The sampler follows pointers of a thread that runs on. One that has just been freed
 * is mostly still mapped; where it is not, the fault comes back as a failed read. A
 * fault anywhere else goes to the handler that was there before, unchanged. */

#ifndef PROFILER_GUARD_H
#define PROFILER_GUARD_H

#include <stdbool.h>

/* Makes sure that the process's handlers of SIGSEGV and SIGBUS pass by here: they are
 * installed at the first call, and again whenever somebody has put others in their
 * place, which are then called after ours. One thread at a time (sampler.c: under its
 * lock). False when that has happened too often. */
bool guard_install(void);

/* Calls read(argument), which must only read, on any thread that lets SIGSEGV in, and
 * hold nothing that would have to be given back. False when it met a fault. May be
 * nested: a fault ends the innermost. */
bool guard_call(void (*read)(void *), void *argument);

#endif
