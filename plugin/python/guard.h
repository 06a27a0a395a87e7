/* guard.h -- reads memory that another thread may free at any moment.
 *
 * The sampler follows pointers of a running thread. Memory that was just freed is
 * mostly still mapped. If it is not, the fault is caught and the read fails. Any other
 * fault goes unchanged to the handler that was installed before. */

#ifndef PROFILER_GUARD_H
#define PROFILER_GUARD_H

#include <stdbool.h>

/* Installs handlers of SIGSEGV and SIGBUS at the first call, and again whenever other
 * code has replaced them. Handlers installed in between run after ours. One thread at a
 * time (sampler.c: under its lock). False when replaced too often. */
bool guard_install(void);

/* Calls read(argument), on any thread that does not block SIGSEGV. The function must
 * only read: a fault ends it at once, so it could not release a lock or free memory.
 * False when a fault ended it. Calls may be nested: a fault ends the innermost. */
bool guard_call(void (*read)(void *), void *argument);

#endif
