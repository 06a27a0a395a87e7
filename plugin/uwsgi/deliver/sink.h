/* sink.h -- writes finished profiles to the log and to files.
 *
 * One thread per worker writes them, from a queue (queue.h). It is created with the
 * first profile, never holds the GIL, and blocks all signals except those of faults.
 * Failures to write are counted (COUNT_WRITE_ERRORS) and logged, at most once a minute.
 * No function needs the GIL. */

#ifndef PROFILER_SINK_H
#define PROFILER_SINK_H

#include "delivery.h"

/* Adds the profile to the counters of shared.h, whether or not it will be kept. */
void sink_count(const struct profile *p);

/* Takes ownership of the profile. Its reports are written as its choice says, after
 * those of earlier profiles. Does not block. Drops the profile when the queue is
 * full. */
void sink_submit(struct delivery *d);

/* As sink_submit, but writes at once on the calling thread, which waits for the disk
 * and for the stream's reader. SIGPIPE must be blocked or ignored. */
void sink_write_now(struct delivery *d);

/* For the end of the process: waits until all submitted profiles are written, at most
 * a few seconds, and logs the losses. May run in a signal handler. */
void sink_flush(void);

/* Returns the longest time that sink_flush can take. */
uint64_t sink_flush_most_ns(void);

/* Call it once in a worker. Reads the environment variables that reports use, and
 * creates profiler-dir and profiler-stream on another thread, without waiting for it.
 * Errors then show at the start, not with the first profile. */
void sink_prepare(void);

#endif
