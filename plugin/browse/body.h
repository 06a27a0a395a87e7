/* body.h -- the bytes of an answer: texts, and at most one file, read block by block.
 *
 * Valid when zeroed. The length is known before the first block, and never exceeded,
 * even if somebody changes the file meanwhile. */

#ifndef PROFILER_BODY_H
#define PROFILER_BODY_H

#include "base/buf.h"

#include <stdint.h>

#define BODY_PIECES 4

struct body_piece {
    struct str text; /* .data NULL: the file */
};

struct body {
    struct body_piece pieces[BODY_PIECES];
    size_t count, next; /* pieces; the next one that body_next reads */
    struct buf owned;   /* see body_own */
    struct body_file {
        bool opened;
        int fd;        /* owned, if opened */
        bool escaped;  /* each "<" is written "\u003c", for a place within HTML */
        uint64_t left; /* bytes of the file that are still to be read */
        uint64_t at;   /* its next offset */
    } file;
    char *block;           /* owned; what body_next returns */
    uint64_t length, sent; /* of all pieces; what body_next has returned */
    bool failed;           /* out of memory, or the file cannot be read */
};

/* Adds a text, which must live as long as the body. */
void body_add(struct body *b, struct str text);

/* Adds the text of a buffer, and takes the buffer over. Once per body. */
void body_own(struct body *b, struct buf *text);

/* Adds the first `size` bytes of an open file, and takes the descriptor over. Once per
 * body. An escaped file is read once, to find out the length. */
void body_add_file(struct body *b, int fd, uint64_t size, bool escaped);

/* Finds the next block, valid until the next call. False at the end; also when the file
 * cannot be read or has become shorter: then b->failed is set. */
bool body_next(struct body *b, struct str *block);

void body_free(struct body *b);

#endif
