/* pyspec.h -- Python's format specs: the part [[fill]align][0][width][.precision][type]
 * with the types d, f, s and x.
 *
 * Source: Python/formatter_unicode.c of CPython 3.11. Specs that Python rejects are
 * rejected. */

#ifndef PROFILER_PYSPEC_H
#define PROFILER_PYSPEC_H

#include "buf.h"

#include <stdint.h>

#define PYSPEC_MAX 255 /* maximum of width and precision */

enum pyspec_kind { PYSPEC_TEXT, PYSPEC_INTEGER, PYSPEC_FLOAT };

struct pyspec {
    char fill[4]; /* one UTF-8 character */
    uint8_t fill_len;
    char align;        /* '<', '>', '^', '=' */
    char type;         /* 'd', 'f', 's', 'x'; 0: not given */
    int16_t width;     /* in characters */
    int16_t precision; /* -1: not given */
};

/* Reads a spec ("", ".0f", "*^20") for a value of this kind. Returns false with the
 * reason and the possible values in *error; the caller writes "... has a bad format:"
 * before them. */
bool pyspec_parse(struct pyspec *spec, enum pyspec_kind kind, struct str text,
                  struct buf *error);

/* As format(value, spec). A byte that is not UTF-8 counts as one character. */
void pyspec_text(const struct pyspec *spec, struct str value, struct buf *out);
void pyspec_integer(const struct pyspec *spec, int64_t value, struct buf *out);
void pyspec_float(const struct pyspec *spec, double value, struct buf *out);

#endif
