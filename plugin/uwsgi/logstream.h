/* logstream.h -- where records and the profiler's own lines are appended. */

#ifndef PROFILER_LOGSTREAM_H
#define PROFILER_LOGSTREAM_H

#include "server.h"

#include "../core/trigger.h"

/* Appends a record whole: to profiler-stream in one write, else to the server's log.
 * False with one line in *error that names the stream and the system's error. Never
 * blocks on a stream without a reader. */
bool logstream_append(struct str record, struct buf *error);

/* Reads NO_COLOR and TERM, once, in a worker: later the app may be changing the
 * environment while a record is written. */
void logstream_prepare(void);

/* Do records go to a terminal, and may they be coloured there? Not through the master's
 * logger; not with NO_COLOR set, nor with TERM=dumb. */
bool logstream_wants_colour(void);

/* A flag of somebody who is not obeyed: told at most once a minute, by all workers. */
void logstream_denied(const struct denial *denial);

#endif
