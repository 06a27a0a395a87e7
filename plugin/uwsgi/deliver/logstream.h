/* logstream.h -- where records and the profiler's own lines are appended.
 *
 * The stream is opened for each record: a file that was moved away, deleted or replaced
 * is made anew at the next one, and one that was truncated is appended to. Nothing is
 * kept between records, so any thread may write. */

#ifndef PROFILER_LOGSTREAM_H
#define PROFILER_LOGSTREAM_H

#include "uwsgi/server/server.h"

/* Appends a record: to profiler-stream, else to the server's log. A file takes it
 * whole, in one write; a log of messages (log-master, logger, a UDP address) in parts
 * (parts.h). False with one line in *error that names the stream and the system's
 * error. Waits for a reader that is there and does not read, for as long as that lasts;
 * not for one that is not there. SIGPIPE must be blocked or ignored. */
bool logstream_append(const char *id, struct str record, struct buf *error);

/* Makes the file of profiler-stream, if there is nothing of that name. False as above.
 */
bool logstream_make(struct buf *error);

/* Would a line of the profiler's own be taken at once? */
bool logstream_takes_lines(void);

/* Reads NO_COLOR and TERM, once, in a worker: later the app may be changing the
 * environment while a record is written. */
void logstream_prepare(void);

/* Do records go to a terminal, and may they be coloured there? Not through the master's
 * logger; not with NO_COLOR set, nor with TERM=dumb. */
bool logstream_wants_colour(void);

#endif
