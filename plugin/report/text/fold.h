/* fold.h -- the call tree of a sampled profile as a reader wants it: the user's own
 * functions, with what happens in libraries folded into one row.
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
 * A run of functions that are not own code, or hide themselves, is one row, named by
 * its entry; own functions that are reached from anywhere in it are its children. Rows
 * of the same function below the same row are one. An own function that calls itself
 * stays in its row, also through others once its caller repeats. At the lowest level
 * everything below joins its row. Rows below 1 % of the request are left out. No row
 * has time that its children have, so that all figures add up. */

#ifndef PROFILER_FOLD_H
#define PROFILER_FOLD_H

#include "profile/origin.h"
#include "profile/profile.h"

#define FOLD_LEVELS 32   /* rows have levels 0 to this */
#define FOLD_LIBRARIES 4 /* named of a row */

enum fold_kind {
    FOLD_REQUEST, /* the first row, always there */
    FOLD_SERVER,  /* the time outside Python */
    FOLD_OWN,
    FOLD_LIBRARY,
};

struct fold_row {
    enum fold_kind kind;
    uint32_t func;  /* of the two last kinds */
    unsigned level; /* the row's parent is the last one above it with level - 1 */
    bool last;      /* of its parent's children */
    uint64_t total; /* nanoseconds: self and all rows below, shown or not */
    uint64_t self;  /* of all functions of the row */
    uint64_t waits[WAIT_KINDS]; /* self in parts; zeros where that is not known */
    uint32_t hottest;           /* the function that had most of self, and how much; */
    uint64_t hottest_ns;        /* 0: self is 0 */
    uint32_t hidden;            /* further call paths that joined the row */
    uint32_t depth;             /* how deep the function calls itself: 1: not */
    struct str libraries[FOLD_LIBRARIES]; /* of the row's functions, first met first */
    bool more_libraries;
};

struct fold {
    struct fold_row *rows; /* depth first, the heaviest child first */
    uint32_t count;
    uint64_t small_count, small_ns; /* call paths, and time, in rows left out */
};

/* False when out of memory, and *f is empty. */
bool fold_make(struct fold *f, const struct profile *p,
               const struct origin_rules *rules);

void fold_free(struct fold *f);

#endif
