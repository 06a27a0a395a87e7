/* encoding.h -- decodes Python source as Python does (PEP 263): UTF-8, or the encoding
 * that a comment in the first two lines names.
 *
 * The names are Python's. The tables come from the C library (iconv), which reads them
 * from its own files. Text in an encoding that iconv does not know is shown byte by
 * byte. */

#ifndef PROFILER_ENCODING_H
#define PROFILER_ENCODING_H

#include "base/buf.h"

#include <iconv.h>

struct encoding {
    bool utf8;     /* .table is not used */
    iconv_t table; /* (iconv_t)-1: not known */
};

/* Finds the encoding of a source file, and removes a byte order mark from *text. The
 * caller must close it. */
struct encoding encoding_open(struct str *text);
void encoding_close(struct encoding *e);

/* Takes the first line, without its end. A line ends with \n, \r\n or \r: these bytes
 * mean the same in all source encodings. Returns false at the end of the text. */
bool encoding_next_line(struct str *rest, struct str *line);

/* Appends a line as UTF-8. cut: the line was shortened, and may end inside a character.
 * Bytes that cannot be decoded become \xNN, and then it returns false. */
bool encoding_decode(struct encoding *e, struct str line, bool cut, struct buf *out);

#endif
