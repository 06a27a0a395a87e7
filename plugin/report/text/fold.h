/* fold.h -- a short form of a sampled profile's call tree: the user's own functions,
 * with library code folded into single rows.
 *
 *     request                              request
 *       flask call                           flask call (2 frames hidden)
 *         flask dispatch                       view
 *           view                                 json dumps (1 frame hidden)
 *             json dumps                         load, recursive
 *               json encode
 *             load
 *               load
 *
 * - A chain of library functions, or of functions that hide themselves, is one row,
 *   named after the first one. Own functions that any of them calls are children of the
 *   row.
 * - Under one parent, each function has one row.
 * - An own function that calls itself stays in its row. If it calls itself through
 *   other functions, it joins the row above in which the same caller called it.
 * - Calls below level FOLD_LEVELS join the row at that level.
 * - Rows with less than 1 % of the request's time are left out.
 *
 * Each nanosecond belongs to one row's self time, so all figures add up. */

#ifndef PROFILER_FOLD_H
#define PROFILER_FOLD_H

#include "profile/origin.h"
#include "profile/profile.h"

#define FOLD_LEVELS 32   /* rows have levels from 0 to FOLD_LEVELS */
#define FOLD_LIBRARIES 4 /* maximum of library names in a row */

enum fold_kind {
    FOLD_REQUEST, /* the first row; always there */
    FOLD_SERVER,  /* time outside Python */
    FOLD_OWN,
    FOLD_LIBRARY,
};

struct fold_row {
    enum fold_kind kind;
    uint32_t func;  /* of FOLD_OWN and FOLD_LIBRARY */
    unsigned level; /* the parent is the nearest row before it with level - 1 */
    bool last;      /* the last child of its parent */
    uint64_t total; /* nanoseconds: self and all rows below, shown or not */
    uint64_t self;  /* nanoseconds in all functions of the row */
    uint64_t waits[WAIT_KINDS]; /* self by kind of wait; zeros if not known */
    uint32_t hottest;           /* the function with the largest part of self, */
    uint64_t hottest_ns;        /* and that part; 0 if self is 0 */
    uint32_t hidden;            /* further call paths that joined the row */
    uint32_t depth;             /* deepest recursion of the function; 1: none */
    struct str libraries[FOLD_LIBRARIES]; /* of the row's functions, in the order of
                                             first use */
    bool more_libraries;
};

struct fold {
    struct fold_row *rows; /* depth first, the child with the most time first */
    uint32_t count;
    uint64_t small_count, small_ns; /* call paths in rows left out, and their time */
};

/* Returns false when out of memory; *f is empty then. */
bool fold_make(struct fold *f, const struct profile *p,
               const struct origin_rules *rules);

void fold_free(struct fold *f);

#endif
