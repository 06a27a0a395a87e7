/* reader.h -- reads the stack of a running thread, without the GIL.
 *
 * The thread may change its stack during the read. So a stack counts only when two
 * walks agree. The texts of a new code object count only when the stack is still there
 * after they were read: code on a stack is alive, and cannot be destroyed before the
 * caller releases the sampler's lock. */

#ifndef PROFILER_READER_H
#define PROFILER_READER_H

#include "system/cpu.h"
#include "python/asyncio.h"

/* Working memory, one per process, used by all readers. */
struct scratch {
    struct frames frames;
    struct code_text text;
    struct stack_frame awaiting[ASYNCIO_STACK_MAX];
    enum asyncio_waits awaits; /* what the loop of the last stack waits for, if idle */
    cpu_set_t allowed;         /* processors that the sampler's thread may use */
    unsigned together;         /* readings left until the sampler leaves the request's
                                  processor; 0: it has left */
};

/* One request's stack. */
struct reader {
    const PyThreadState *thread;
    struct cpu_thread os_thread;
    const void *base; /* innermost frame at the start of the request, or NULL */
    struct asyncio_codes asyncio;
};

/* Returns a reader of the calling thread; its current innermost frame becomes .base.
 * GIL held. */
struct reader reader_for(const PyThreadState *thread);

/* Reads the current stack into scratch->frames.stack, and adds all its frames to s.
 * False when no reading was consistent. For the sampler's thread; no GIL needed. */
bool reader_read(const struct reader *r, struct stacks *s, struct scratch *scratch,
                 uint32_t *depth);

/* Reads a stack that stands still, from its innermost frame top. Otherwise as
 * reader_read. GIL held. */
bool reader_read_left(const struct reader *r, struct stacks *s, struct scratch *scratch,
                      const void *top, uint32_t *depth);

#endif
