/* queue.h -- holds finished profiles until they are written, so that no request waits
 * for a report or a disk.
 *
 *     queue_put --> [ 1st | 2nd | 3rd ...  at most 64, 64 MB ] --> queue_first
 *                     `-- stays in the queue while it is written, until queue_done
 *
 * Many threads put; one thread takes, in the same order. Every profile is counted once
 * (shared.h): as kept if its reports were written, else as a write error. No GIL
 * needed.
 *
 * A child that the app forks starts with an empty queue: the parent writes its own
 * profiles. */

#ifndef PROFILER_QUEUE_H
#define PROFILER_QUEUE_H

#include "delivery.h"

#define QUEUE_PROFILES 64
#define QUEUE_BYTES 67108864 /* by delivery_bytes; a larger one goes in alone */

/* The state of a queue that is full, or that is flushed at the process's end. */
struct queue_state {
    unsigned waiting; /* number of profiles, including the one being written */
    size_t bytes;     /* of these profiles */
    unsigned busy_s;  /* seconds since writing the first of them began */
};

/* Call it once, before the first profile. */
void queue_init(void);

/* Takes ownership. False when the profile was dropped because the queue is full or
 * closed; *state then describes the queue. Any thread. Safe against a signal handler
 * that calls queue_flush. */
bool queue_put(struct delivery *d, struct queue_state *state);

/* Waits for the first profile. The queue still owns it. */
struct delivery *queue_first(void);

/* Removes and frees the first profile, which was written or has failed. */
void queue_done(bool written);

/* Waits until all profiles are written, for at most patience_ns. Any thread. */
void queue_drain(uint64_t patience_ns);

/* As queue_drain, but then closes the queue: later profiles are dropped. Returns the
 * number of profiles that are lost; *state describes the queue at that moment.
 * Allocates nothing, and may run in a signal handler. */
unsigned queue_flush(uint64_t patience_ns, struct queue_state *state);

#endif
