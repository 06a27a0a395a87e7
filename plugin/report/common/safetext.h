/* safetext.h -- makes texts that strangers chose safe in a log line or a report. */

#ifndef PROFILER_SAFETEXT_H
#define PROFILER_SAFETEXT_H

#include "base/buf.h"

/* Appends the text. Appends Python's repr of it instead if it is not UTF-8, or contains
 * a control character, a line end, or an invisible character that changes how the text
 * reads (utf8_misleads). */
void safetext_add(struct buf *out, struct str text);

#define SAFETEXT_ESCAPE_MAX 10 /* bytes of "\U000e0001" */

/* As safetext_add, but does not use repr: escapes only the unsafe characters. Cuts text
 * that does not fit. Does not allocate, so it may run where allocation is forbidden.
 * Returns the number of bytes in out, without the final NUL. size must be above
 * SAFETEXT_ESCAPE_MAX. */
size_t safetext_line(char *out, size_t size, struct str text);

/* Appends the text with U+FFFD for invalid UTF-8, controls and line ends: for tools
 * that accept nothing else. */
void safetext_add_plain(struct buf *out, struct str text);

/* Appends a request method: as it is if it is one word, else as repr, because clients
 * can send anything. */
void safetext_add_method(struct buf *out, struct str method);

#endif
