/* reader.h -- reads the stack of a thread that goes on to change it, without the GIL.
 *
 * A stack is believed when two walks agree, and what stands in code objects that are
 * new when the stack is still there after they were read: code that is on a stack is
 * alive, and is not destroyed before the caller gives the sampler's lock back. */

#ifndef PROFILER_READER_H
#define PROFILER_READER_H

#include "system/cpu.h"
#include "python/asyncio.h"

/* Working memory, one for all readers of a process. */
struct scratch {
    struct frames frames;
    struct code_text text;
    struct stack_frame awaiting[ASYNCIO_STACK_MAX];
    enum asyncio_waits awaits; /* of the last stack, where that is an idle loop's */
    cpu_set_t allowed;         /* to the sampler's thread */
    unsigned together; /* readings until it leaves a request's processor; 0: it has */
};

/* One request's stack. */
struct reader {
    const PyThreadState *thread;
    struct cpu_thread os_thread;
    const void *base; /* the frame that was innermost at the start, or NULL */
    struct asyncio_codes asyncio;
};

/* For the calling thread, as it is now. GIL held. */
struct reader reader_for(const PyThreadState *thread);

/* The stack as it is now, in scratch->frames.stack, with every frame of it known to s.
 * False when there is none that can be believed. By the sampler's thread, no GIL. */
bool reader_read(const struct reader *r, struct stacks *s, struct scratch *scratch,
                 uint32_t *depth);

/* The same of a stack that stands still, from its innermost frame. GIL held. */
bool reader_read_left(const struct reader *r, struct stacks *s, struct scratch *scratch,
                      const void *top, uint32_t *depth);

#endif
