/* pyspec.h -- Python's format specs, as far as
 * [[fill]align][0][width][.precision][type] with the types d, f, s and x.
 *
 * Source: Python/formatter_unicode.c of CPython 3.11. What Python refuses is refused.
 */

#ifndef PROFILER_PYSPEC_H
#define PROFILER_PYSPEC_H

#include "buf.h"

#include <stdint.h>

#define PYSPEC_MAX 255 /* of width and precision */

enum pyspec_kind { PYSPEC_TEXT, PYSPEC_INTEGER, PYSPEC_FLOAT };

struct pyspec {
    char fill[4]; /* one UTF-8 character */
    uint8_t fill_len;
    char align;        /* '<', '>', '^', '=' */
    char type;         /* 'd', 'f', 's', 'x', 0: none given */
    int16_t width;     /* in characters */
    int16_t precision; /* -1: none given */
};

/* Reads a spec ("", ".0f", "*^20") for a value of the kind. False with what is wrong
 * and what is possible, to stand behind "has a bad format:", in *error. */
bool pyspec_parse(struct pyspec *spec, enum pyspec_kind kind, struct str text,
                  struct buf *error);

/* format(value, spec). A byte of a text that is not UTF-8 counts as a character. */
void pyspec_text(const struct pyspec *spec, struct str value, struct buf *out);
void pyspec_integer(const struct pyspec *spec, int64_t value, struct buf *out);
void pyspec_float(const struct pyspec *spec, double value, struct buf *out);

#endif
