/* pytext.h -- writes values as Python does.
 *
 * Source: unicode_repr and the 'r' float format of CPython. */

#ifndef PROFILER_PYTEXT_H
#define PROFILER_PYTEXT_H

#include "buf.h"

/* Appends repr() of the bytes decoded as UTF-8; bytes that are not UTF-8 become \xNN.
 * Quotes are chosen as in Python; control and other non-printable characters are
 * escaped. Above U+00FF this is approximate: small gaps of unassigned characters count
 * as printable. */
void pytext_repr(struct buf *out, struct str bytes);

/* Floats always have a '.', whatever the locale. */

#define PYTEXT_PRECISION_MAX 255 /* larger values count as this */

/* repr() of a float: the shortest text that reads back as the same value. */
void pytext_float(struct buf *out, double value);

/* As Python's '%.Nf' % value, where N is the precision. */
void pytext_fixed(struct buf *out, double value, unsigned precision);

/* As Python's format(value, '.N'), where N is the precision: rounds to N significant
 * digits; otherwise the text has the form of repr(). */
void pytext_general(struct buf *out, double value, unsigned precision);

#endif
