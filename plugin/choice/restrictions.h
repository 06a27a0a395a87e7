/* restrictions.h -- pstats' restrictions: which rows of the sorted table are shown.
 *
 * Source: eval_print_amount in CPython's Lib/pstats.py. pstats ignores some values (a
 * fraction of 1.0, a bad pattern); here they are errors. */

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
    char *echo; /* owned; Python's repr of the value, as pstats prints it: 10, 0.1,
                   'foo' */
};

struct restrictions {
    struct restriction *items; /* owned */
    size_t count;
};

/* Reads a comma-separated list: 30, 0.1, foo, "a,b". Quotes, single or double, make any
 * text a pattern and protect commas. The word none alone is the empty list. Returns
 * false with one line in *error; *r is empty then. */
bool restrictions_parse(struct restrictions *r, struct str text, struct buf *error);

/* Makes a list with one restriction, to the first limit rows. Returns false when out of
 * memory. */
bool restrictions_limit(struct restrictions *r, uint64_t limit);

void restrictions_free(struct restrictions *r);

#endif
