/* decimal.h -- numbers with decimals; with three of them as Python's %.3f writes them.
 *
 * Not printf: the app may have called setlocale(), which turns printf's decimal point
 * into a comma; and a table holds 1,600 of these numbers. */

#ifndef PROFILER_DECIMAL_H
#define PROFILER_DECIMAL_H

#include "base/buf.h"

#include <stdint.h>

/* "%*.3f": rounded to nearest from the exact binary value, ties to even. */
void decimal_add(struct buf *out, double value, size_t width);

/* Digits, right-justified to width. */
void decimal_add_integer(struct buf *out, uint64_t value, size_t width);

/* A number of which the last digits are decimals: 12345 with 1 of them as "1234.5". */
void decimal_add_point(struct buf *out, uint64_t value, int decimals, size_t width);

/* Digits in groups: "16,384". */
void decimal_add_grouped(struct buf *out, uint64_t value);

/* Nanoseconds as milliseconds with three decimals. */
void decimal_add_ms(struct buf *out, uint64_t ns);

/* Nanoseconds as seconds with nine decimals: exact. */
void decimal_add_seconds(struct buf *out, uint64_t ns);

#endif
