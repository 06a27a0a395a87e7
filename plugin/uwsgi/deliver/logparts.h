/* parts.h -- a record in messages of bounded size, for logs that take messages.
 *
 *     [00c0ffee00c0ffee 1/2]          a line of its own at the start of each
 *     PATH: '/search'                 as many whole lines as there is room for
 *     ...
 *
 * A line that has no room in one message ends there with a mark of its own,
 * "[00c0ffee00c0ffee ...]", and goes on in the next. Without these lines and marks (and
 * the line end behind a mark) the messages of one id, in order, are the record, byte by
 * byte. A record that is one line and has room is sent as it is. */

#ifndef PROFILER_PARTS_H
#define PROFILER_PARTS_H

#include "base/buf.h"

/* Messages cannot be smaller than that: the least size is taken for a smaller one. */
#define PARTS_LEAST_SIZE 128

struct parts {
    const char *id;  /* 16 hex digits; not owned */
    struct str rest; /* what is still to be sent */
    size_t size;     /* of a message, in bytes, header and mark included */
    unsigned number; /* of the last message that was made, from 1 */
    unsigned count;  /* of messages; 0: it is sent as it is */
};

/* The record must outlive it, and is UTF-8 in lines. */
void parts_init(struct parts *p, const char *id, struct str record, size_t size);

/* Puts the next message into *out, in place of what is there. False when there is none,
 * or when memory runs out (out->failed). */
bool parts_next(struct parts *p, struct buf *out);

#endif
