/* lines.h -- reads the lines of a file in blocks, from an offset on or back to the
 * start.
 *
 * A line ends in a newline. The memory is bounded, whatever the file contains: a line
 * longer than LINE_MAX_BYTES is passed over. */

#ifndef PROFILER_LINES_H
#define PROFILER_LINES_H

#include "base/buf.h"

#include <stdint.h>

#define LINE_MAX_BYTES 1048576

/* Use one in one direction only. All fields but fd and offset start as zeros. */
struct lines {
    int fd;
    uint64_t offset; /* forward: of the next line; back: where the lines end */
    struct buf text; /* owned; bytes that were read: the next line and more */
    size_t at;       /* forward: where the next line begins in text */
    bool too_long;   /* the next line is too long; a part of it was dropped */
    int reason;      /* errno of a failure; 0: none */
};

/* Finds the next line, without its newline; an empty one if it is too long. *line is
 * valid until the next call. Returns false at the end, if only an incomplete line is
 * left, and if reading failed. */
bool lines_next(struct lines *l, struct str *line);

/* As lines_next, but it also returns, with line->data NULL, after each part of a line
 * that is too long. So a call reads at most LINE_MAX_BYTES and two blocks. */
bool lines_step(struct lines *l, struct str *line);

/* As lines_step, for the line before the offset. If the offset is not where a line
 * begins, that line's beginning counts as a line that is too long. Returns false at
 * the start of the file. */
bool lines_step_back(struct lines *l, struct str *line);

void lines_free(struct lines *l);

#endif
