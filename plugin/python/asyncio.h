/* asyncio.h -- what a request waits for whose event loop is idle.
 *
 * A thread that runs a loop of asyncio's waits in the loop's selector, with nothing on
 * its stack of the coroutine that awaits. That is found from the task which
 * run_until_complete has as a local variable. Only asyncio's own loop and its C tasks
 * are known; of what a gather(), a wait() or a TaskGroup awaits, nothing is. */

#ifndef PROFILER_ASYNCIO_H
#define PROFILER_ASYNCIO_H

#include "frames.h"

#define ASYNCIO_STACK_MAX 64

/* The code objects that tell an idle loop; NULL while asyncio is not imported. */
struct asyncio_codes {
    const void *run_until_complete, *select, *run_handle, *sleep;
    const void *wait_for, *wait, *group_exit[2];
};

/* What the loop's task waits for in the end. */
enum asyncio_waits {
    ASYNCIO_UNKNOWN,
    ASYNCIO_SLEEP,  /* asyncio.sleep() */
    ASYNCIO_RESULT, /* what somebody else sets: an executor, another task */
};

/* Those of the current interpreter. GIL held; a pending exception stays pending. */
struct asyncio_codes asyncio_codes(void);

/* Is the stack that was walked, with .wanted as codes->run_until_complete, that of an
 * idle loop? No GIL needed. */
bool asyncio_is_idle(const struct asyncio_codes *codes, const struct frames *f);

/* The stack of what the loop's task awaits, the outermost first: how many frames. To be
 * called inside guard_call, while the loop stays idle. No GIL needed. */
uint32_t asyncio_awaiting(const struct asyncio_codes *codes, const struct frames *f,
                          struct stack_frame stack[ASYNCIO_STACK_MAX],
                          enum asyncio_waits *waits);

#endif
