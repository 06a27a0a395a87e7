/* pytext.h -- Python's way of writing values as text.
 *
 * Source: unicode_repr and the 'r' float format of CPython. */

#ifndef PROFILER_PYTEXT_H
#define PROFILER_PYTEXT_H

#include "buf.h"

/* repr() of the str that these bytes are when decoded as UTF-8, with bytes that are
 * not UTF-8 shown as \xNN: quotes chosen as Python does, control and other
 * non-printable characters escaped (approximation for what is printable above
 * U+00FF: all but surrogates, private use, separators, format and unassigned blocks
 * that the .c file lists). */
void pytext_repr(struct buf *out, struct str bytes);

/* repr() of a float: the shortest text that reads back the same. */
void pytext_float(struct buf *out, double value);

#endif
