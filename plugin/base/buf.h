/* buf.h -- a growing byte buffer that remembers failures.
 *
 * Valid when zeroed. If memory runs out, .failed is set and stays set, and all later
 * calls do nothing; so a writer checks .failed once, at the end. Not NUL-terminated,
 * except through buf_cstr. */

#ifndef PROFILER_BUF_H
#define PROFILER_BUF_H

#include "str.h"

struct buf {
    char *data; /* owned; NULL while empty */
    size_t len;
    size_t cap;
    bool failed; /* out of memory: the content is incomplete */
};

/* Frees the content. The buffer is empty and usable again; .failed is cleared. */
void buf_free(struct buf *b);

/* Makes room for extra more bytes, so that adding them does not move the data. */
bool buf_reserve(struct buf *b, size_t extra);

void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, struct str s);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t count);
void buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a value in quotes, for an error message. Control and non-ASCII bytes become
 * \xNN; a long value is cut and ends in "...". So the line is safe in a log and in a
 * header. */
void buf_add_quoted(struct buf *b, struct str value);

static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->data, b->len};
}

/* Returns the content with a final NUL, which len does not count; "" when empty or
 * failed. */
const char *buf_cstr(struct buf *b);

#endif
