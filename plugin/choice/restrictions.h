/* restrictions.h -- pstats' restrictions: which rows of the sorted table are shown.
 *
 * Source: eval_print_amount in CPython's Lib/pstats.py. Unlike there, a value that
 * would be ignored (a fraction of 1.0, a bad pattern) is an error when it is read. */

#ifndef PROFILER_RESTRICTIONS_H
#define PROFILER_RESTRICTIONS_H

#include "base/buf.h"
#include "base/regex.h"

#include <stdint.h>

enum restriction_kind { RESTRICT_COUNT, RESTRICT_FRACTION, RESTRICT_PATTERN };

struct restriction {
    enum restriction_kind kind;
    uint64_t count;
    double fraction;
    struct regex *regex; /* owned */
    char *echo; /* owned; Python's repr of the value, as pstats echoes it: 10, 0.1,
                   'foo' */
};

struct restrictions {
    struct restriction *items; /* owned */
    size_t count;
};

/* Reads a list parted by commas, in order: 30, 0.1, foo, "a,b" (quotes, single or
 * double, make anything a pattern and protect commas); "none" alone is the empty
 * list. False with one line in *error, and *r empty. */
bool restrictions_parse(struct restrictions *r, struct str text, struct buf *error);

/* A list of the one restriction to the first limit rows. False when out of memory. */
bool restrictions_limit(struct restrictions *r, uint64_t limit);

void restrictions_free(struct restrictions *r);

#endif
