/* safetext.h -- texts that others chose, on a line of the log or of a report. */

#ifndef PROFILER_SAFETEXT_H
#define PROFILER_SAFETEXT_H

#include "../core/buf.h"

/* The text; as Python's repr when it holds a control character or a line end. */
void safetext_add(struct buf *out, struct str text);

/* The same, and also as repr when it is not UTF-8, or turns the direction of writing:
 * for what stands in columns. */
void safetext_add_name(struct buf *out, struct str name);

/* The text, with U+FFFD for what is no character of UTF-8, or a control or line end:
 * for tools that take nothing else. */
void safetext_add_plain(struct buf *out, struct str text);

/* A method is one word, whatever the client sent: as repr when it is not. */
void safetext_add_method(struct buf *out, struct str method);

#endif
