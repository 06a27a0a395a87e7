/* threadlocal.h -- variables of which each thread has its own.
 *
 * The collectors read one at every event, so it must cost one instruction. glibc keeps
 * room for a few such variables of objects that are loaded later (initial-exec). musl
 * keeps none and refuses to load such an object: there a call finds the variable. That
 * call takes no lock and no memory, so a signal handler may read the variable on both.
 */

#ifndef PROFILER_THREADLOCAL_H
#define PROFILER_THREADLOCAL_H

#include <features.h>

#ifdef __GLIBC__
#define THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
#else
#define THREAD_LOCAL __thread
#endif

#endif
