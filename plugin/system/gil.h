/* gil.h -- does a thread that waits on a futex wait for the GIL?
 *
 * Python waits for the GIL on a condition variable inside of it. With glibc the futex
 * is a word of that variable. With musl each waiting thread has a futex of its own, in
 * a node on its stack, and the variable points to the newest node. */

#ifndef PROFILER_GIL_H
#define PROFILER_GIL_H

#include <stdbool.h>
#include <stdint.h>

/* The address range of the GIL: [start, end). Empty: unknown. */
struct gil_range {
    uintptr_t start, end;
};

/* futex and stack (the stack pointer) are those of the waiting thread. gil may be NULL.
 * Takes microseconds for a thread that waits on a condition variable of musl. */
bool gil_is_awaited(const struct gil_range *gil, uint64_t futex, uint64_t stack);

#endif
