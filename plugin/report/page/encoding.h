/* encoding.h -- Python source as Python decodes it (PEP 263): UTF-8, or as a comment in
 * the first or second line says.
 *
 * The names are Python's; the tables are those of the C library (iconv), which reads
 * them from files of its own: what it does not know is shown byte by byte. */

#ifndef PROFILER_ENCODING_H
#define PROFILER_ENCODING_H

#include "base/buf.h"

#include <iconv.h>

struct encoding {
    bool utf8;     /* .table is not used */
    iconv_t table; /* (iconv_t)-1: not known */
};

/* Of a file with these bytes, the mark at its beginning left out of *text. To be
 * closed. */
struct encoding encoding_open(struct str *text);
void encoding_close(struct encoding *e);

/* Takes the first line off, without its end: \n, \r\n, or \r, which no encoding of a
 * source has other uses for. False at the text's end. */
bool encoding_next_line(struct str *rest, struct str *line);

/* Appends a line, or the beginning of one (cut: it may end within a character), as
 * UTF-8. What cannot be decoded is \xNN, byte by byte; false then. */
bool encoding_decode(struct encoding *e, struct str line, bool cut, struct buf *out);

#endif
