/* asyncio.h -- finds what a request awaits while its asyncio event loop is idle.
 *
 * The thread of an idle loop waits in the loop's selector, and its stack does not show
 * the coroutine that awaits. We reach the coroutine through the task, a local variable
 * of run_until_complete. Only asyncio's own loop and its C tasks are supported. For a
 * gather(), wait() or TaskGroup, the awaited coroutines stay unknown. */

#ifndef PROFILER_ASYNCIO_H
#define PROFILER_ASYNCIO_H

#include "frames.h"

#define ASYNCIO_STACK_MAX 64

/* The code objects by which an idle loop is recognised; NULL while asyncio is not
 * imported. */
struct asyncio_codes {
    const void *run_until_complete, *select, *run_handle, *sleep;
    const void *wait_for, *wait, *group_exit[2];
};

/* The reason why the loop's task waits. */
enum asyncio_waits {
    ASYNCIO_UNKNOWN,
    ASYNCIO_SLEEP,  /* asyncio.sleep() */
    ASYNCIO_RESULT, /* set by other code: an executor, another task */
};

/* Returns the code objects of the current interpreter. GIL held; a pending exception
 * stays pending. */
struct asyncio_codes asyncio_codes(void);

/* Is this the stack of an idle loop? The walk must have had .wanted set to
 * codes->run_until_complete. No GIL needed. */
bool asyncio_is_idle(const struct asyncio_codes *codes, const struct frames *f);

/* Reads the stack that the loop's task awaits, the outermost frame first; returns the
 * number of frames. Call it inside guard_call, while the loop stays idle. No GIL
 * needed. */
uint32_t asyncio_awaiting(const struct asyncio_codes *codes, const struct frames *f,
                          struct stack_frame stack[ASYNCIO_STACK_MAX],
                          enum asyncio_waits *waits);

#endif
