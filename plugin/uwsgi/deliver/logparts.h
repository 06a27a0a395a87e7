/* logparts.h -- splits a record into messages of bounded size, for logs that take
 * messages.
 *
 *     [00c0ffee00c0ffee 1/2]          each message starts with such a line
 *     PATH: '/search'                 as many whole lines as fit
 *     ...
 *
 * A line that is too long for a message is cut. The message then ends with the mark
 * "[00c0ffee00c0ffee ...]", and the line goes on in the next message. Without the first
 * lines, and without the marks and the line ends behind them, the messages of one id,
 * in order, are exactly the record. A one-line record that fits is sent unchanged. */

#ifndef PROFILER_PARTS_H
#define PROFILER_PARTS_H

#include "base/buf.h"

/* Smallest message size; smaller sizes are raised to it. */
#define PARTS_LEAST_SIZE 128

struct parts {
    const char *id;  /* 16 hex digits; not owned */
    struct str rest; /* the part not yet sent */
    size_t size;     /* bytes per message, including header and mark */
    unsigned number; /* number of the last message, from 1 */
    unsigned count;  /* total number of messages; 0: the record is sent unchanged */
};

/* record: UTF-8 in lines; must outlive p. */
void parts_init(struct parts *p, const char *id, struct str record, size_t size);

/* Replaces the contents of *out by the next message. False when there are no more, or
 * when out of memory (out->failed). */
bool parts_next(struct parts *p, struct buf *out);

#endif
