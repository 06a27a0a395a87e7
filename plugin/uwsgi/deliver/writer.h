/* writer.h -- a thread of the worker that does the work on finished profiles, so that
 * no request waits for a report or a disk.
 *
 *     submit --> [ 1st | 2nd | 3rd ...  at most 64, 64 MB ] --> write, on the thread
 *                  `-- being written, stays in the queue until it is done
 *
 * It knows nothing of formats. Profiles are written one by one, in the order in which
 * they came. The thread is made with the first of them, and sleeps while there is none.
 * Without the GIL; signals are blocked in it, but for those of faults.
 *
 * Every profile that is submitted is counted once (shared.h): as kept when write says
 * so, else as a write error.
 *
 * A process that the app forks has neither the thread nor what is queued: what it
 * submits itself gets a thread of its own. */

#ifndef PROFILER_WRITER_H
#define PROFILER_WRITER_H

#include "delivery.h"

#define WRITER_PROFILES 64
#define WRITER_BYTES 67108864 /* by delivery_bytes; a larger one goes in alone */

/* What the queue looks like to who finds it full, or leaves it. */
struct writer_state {
    unsigned waiting; /* profiles, with the one that is being written */
    size_t bytes;     /* of them */
    unsigned busy_s;  /* for so long the thread has been at the first of them */
};

/* Once, before the first submission. write runs on the thread: true when all reports of
 * the profile were made. It does not keep the profile. */
void writer_init(bool (*write)(struct delivery *d));

/* Runs something, once, on a thread of its own that ends with it: what may hang must
 * not hold the start of a worker. On the calling thread where there can be no other. */
void writer_aside(void (*work)(void));

/* Takes ownership. False when it was dropped, as there is no room or no thread; then
 * *state says why (waiting 0: no thread). Any thread; it may be interrupted by a signal
 * whose handler flushes. */
bool writer_submit(struct delivery *d, struct writer_state *state);

/* Waits until all is written, so long at most. Any thread. */
void writer_drain(uint64_t patience_ns);

/* Waits until all is written, so long at most; from then on all that is submitted is
 * dropped. How many profiles are lost; if any, *state is what the thread was at.
 * Allocates nothing, and may run in a signal handler. */
unsigned writer_flush(uint64_t patience_ns, struct writer_state *state);

#endif
