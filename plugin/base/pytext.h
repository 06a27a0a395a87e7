/* pytext.h -- Python's way of writing values as text.
 *
 * Source: unicode_repr and the 'r' float format of CPython. */

#ifndef PROFILER_PYTEXT_H
#define PROFILER_PYTEXT_H

#include "buf.h"

/* repr() of the str that these bytes are when decoded as UTF-8, with bytes that are
 * not UTF-8 shown as \xNN: quotes chosen as Python does, control and other
 * non-printable characters escaped (above U+00FF an approximation: small gaps of
 * unassigned characters count as printable). */
void pytext_repr(struct buf *out, struct str bytes);

/* Floats: always with a '.', whatever the process's locale. */

#define PYTEXT_PRECISION_MAX 255 /* a larger one is taken as this */

/* repr() of a float: the shortest text that reads back the same. */
void pytext_float(struct buf *out, double value);

/* '%.2f' % value, for a precision of 2. */
void pytext_fixed(struct buf *out, double value, unsigned precision);

/* format(value, '.2'), for a precision of 2: significant digits, as repr() else. */
void pytext_general(struct buf *out, double value, unsigned precision);

#endif
