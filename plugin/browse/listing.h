/* listing.h -- the answers of index.json: stored profiles of a directory, slice by
 * slice.
 *
 * Stateless, and without the index's lock: the client goes on with the cursor of an
 * answer until that is null. An answer reads lines until its time is used up, and has
 * at most 500 rows, so that a large index blocks no worker. docs/shelf.md describes
 * parameters and members. */

#ifndef PROFILER_LISTING_H
#define PROFILER_LISTING_H

#include "base/buf.h"

#include <stdint.h>

/* The time to read lines. Writing the answer adds some milliseconds at most, so that an
 * answer takes less than 50 ms. */
#define LISTING_BUDGET_NS 40000000

struct route_rules; /* options/routenames.h */

struct listing {
    int dir; /* of the profiles; O_PATH is enough */
    const struct route_rules *rules;
    uint64_t budget_ns; /* LISTING_BUDGET_NS; 0: no limit; at least one line is read */
};

enum listing_status {
    LISTING_OK,
    LISTING_BAD_REQUEST, /* a parameter is wrong: {"error":"..."} */
    LISTING_FAILED,      /* the index cannot be read, or no memory: {"error":"..."} */
};

/* Appends the answer, which is JSON in each case, except when out->failed. */
enum listing_status listing_write(const struct listing *l, struct str query_string,
                                  struct buf *out);

#endif
