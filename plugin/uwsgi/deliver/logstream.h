/* logstream.h -- appends records to profiler-stream or, without it, to the server's
 * log.
 *
 * The stream is opened for each record. A file that was moved, deleted or replaced is
 * created again; one that was truncated is appended to. No state is kept between
 * records, so any thread may write. */

#ifndef PROFILER_LOGSTREAM_H
#define PROFILER_LOGSTREAM_H

#include "uwsgi/server/server.h"

/* Appends a record to profiler-stream, or to the server's log. A file gets it in one
 * write; a log of messages (log-master, logger, a UDP address) gets it in parts
 * (logparts.h). False, with one line in *error that names the stream and the system's
 * error, on failure. If the stream is a pipe: fails at once when it has no reader, and
 * blocks while it is full. SIGPIPE must be blocked or ignored. */
bool logstream_append(const char *id, struct str record, struct buf *error);

/* Creates the file of profiler-stream if it does not exist. Fails like
 * logstream_append. */
bool logstream_make(struct buf *error);

/* Can the profiler write a line of its own to the server's log without blocking? */
bool logstream_takes_lines(void);

/* Reads NO_COLOR and TERM. Call it once in a worker: later, the app may change the
 * environment while a record is written. */
void logstream_prepare(void);

/* Do records go to a terminal that may show colours? False behind the master's logger,
 * with NO_COLOR set, and with TERM=dumb. */
bool logstream_wants_colour(void);

#endif
