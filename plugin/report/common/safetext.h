/* safetext.h -- texts that others chose, on a line of the log or of a report. */

#ifndef PROFILER_SAFETEXT_H
#define PROFILER_SAFETEXT_H

#include "base/buf.h"

/* The text; as Python's repr when it is not UTF-8, or holds a control character, a line
 * end, or what is not seen and changes how the rest is read (utf8_misleads). */
void safetext_add(struct buf *out, struct str text);

#define SAFETEXT_ESCAPE_MAX 10 /* bytes of "\U000e0001" */

/* The same, but each such character alone is escaped, and what has no room is cut off.
 * Allocates nothing: it may be called where nothing may be. The bytes in out, without
 * the NUL that follows them; size is more than SAFETEXT_ESCAPE_MAX. */
size_t safetext_line(char *out, size_t size, struct str text);

/* The text, with U+FFFD for what is no character of UTF-8, or a control or line end:
 * for tools that take nothing else. */
void safetext_add_plain(struct buf *out, struct str text);

/* A method is one word, whatever the client sent: as repr when it is not. */
void safetext_add_method(struct buf *out, struct str method);

#endif
