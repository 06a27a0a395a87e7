/* sink.h -- where finished profiles go: the log and the files.
 *
 * One thread per worker writes them, from a queue (queue.h): it is made with the first
 * profile, holds no GIL, and blocks all signals but those of faults. What it cannot
 * write is counted (COUNT_WRITE_ERRORS) and logged, at most once a minute. No function
 * needs the GIL. */

#ifndef PROFILER_SINK_H
#define PROFILER_SINK_H

#include "delivery.h"

/* Counts what a collector has seen (shared.h), whatever becomes of the profile. */
void sink_count(const struct profile *p);

/* Takes the profile over: its reports are written as the choice says, after those of
 * earlier ones, and it is destroyed. Does not wait; where too much is waiting already,
 * the profile is dropped. */
void sink_submit(struct delivery *d);

/* The same, at once and on the calling thread, whichever it is: it waits for the disk
 * and for what reads the stream. SIGPIPE must be blocked or ignored. */
void sink_write_now(struct delivery *d);

/* Before the process ends: waits until what was submitted is written, a few seconds at
 * most, and says what is lost. May run in a signal handler. */
void sink_flush(void);

/* What that takes at most. */
uint64_t sink_flush_most_ns(void);

/* Once, in a worker: reads from the environment what reports look at, and makes
 * profiler-dir and profiler-stream, so that an error shows at the start and not with
 * the first profile; does not wait for that. */
void sink_prepare(void);

#endif
