/* queue.h -- finished profiles that wait to be written, so that no request waits for a
 * report or a disk.
 *
 *     queue_put --> [ 1st | 2nd | 3rd ...  at most 64, 64 MB ] --> queue_first
 *                     `-- stays in the queue while it is written, until queue_done
 *
 * Many threads put; one takes, in the same order. Every profile that is put is counted
 * once (shared.h): as kept when its reports were written, else as a write error. No
 * GIL.
 *
 * A process that the app forks starts with an empty queue: the parent writes its own.
 */

#ifndef PROFILER_QUEUE_H
#define PROFILER_QUEUE_H

#include "delivery.h"

#define QUEUE_PROFILES 64
#define QUEUE_BYTES 67108864 /* by delivery_bytes; a larger one goes in alone */

/* The queue as a thread sees it that finds it full, or ends the process. */
struct queue_state {
    unsigned waiting; /* profiles, with the one that is being written */
    size_t bytes;     /* of them */
    unsigned busy_s;  /* the first of them has been written for so long */
};

/* Once, before the first profile. */
void queue_init(void);

/* Takes ownership. False when the profile was dropped, because the queue is full or
 * closed; *state says how full. Any thread; a signal whose handler flushes may
 * interrupt it. */
bool queue_put(struct delivery *d, struct queue_state *state);

/* Waits for the first profile. It stays the queue's. */
struct delivery *queue_first(void);

/* The first profile has been written, or has not: removes and frees it. */
void queue_done(bool written);

/* Waits until all is written, for so long at most. Any thread. */
void queue_drain(uint64_t patience_ns);

/* The same, and closes the queue: whatever is put later is dropped. Returns how many
 * profiles are lost; if any, *state is the queue as it was left. Allocates nothing, and
 * may run in a signal handler. */
unsigned queue_flush(uint64_t patience_ns, struct queue_state *state);

#endif
