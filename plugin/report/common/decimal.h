/* decimal.h -- decimal numbers in reports, independent of the locale.
 *
 * Not printf: if the app calls setlocale(), printf may write a comma for the point.
 * Also, a table contains 1,600 of these numbers, and printf is slower. */

#ifndef PROFILER_DECIMAL_H
#define PROFILER_DECIMAL_H

#include "base/buf.h"

#include <stdint.h>

/* As Python's "%*.3f": rounded to nearest from the exact binary value, ties to even. */
void decimal_add(struct buf *out, double value, size_t width);

/* A whole number, right-justified to width. */
void decimal_add_integer(struct buf *out, uint64_t value, size_t width);

/* A number whose last digits are decimals: 12345 with decimals 1 is "1234.5". */
void decimal_add_point(struct buf *out, uint64_t value, int decimals, size_t width);

/* A whole number with its digits in groups: "16,384". */
void decimal_add_grouped(struct buf *out, uint64_t value);

/* Nanoseconds as milliseconds with three decimals. */
void decimal_add_ms(struct buf *out, uint64_t ns);

/* Nanoseconds as seconds with nine decimals, which is exact. */
void decimal_add_seconds(struct buf *out, uint64_t ns);

#endif
