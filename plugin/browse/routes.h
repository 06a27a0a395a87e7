/* routes.h -- the rows of a slice, grouped by route: how many, and how long each took.
 */

#ifndef PROFILER_ROUTES_H
#define PROFILER_ROUTES_H

#include "base/slots.h"
#include "store/indexrow.h"

/* Limits of one slice, so that its memory is bounded. */
#define ROUTES_MOST 500
#define ROUTES_DURATIONS_MOST 20000
#define ROUTES_BYTES_MOST 1048576 /* of their names */

struct route {
    size_t name, name_len; /* in names */
    uint32_t count;        /* rows */
    uint32_t first;        /* of its durations, from 1; 0: none */
};

struct route_duration {
    double ms;
    uint32_t next; /* of the same route, from 1; 0: none */
};

/* Valid when zeroed. */
struct routes {
    struct buf names;    /* owned */
    struct route *items; /* owned */
    uint32_t count, cap;
    struct slots slots;
    struct route_duration *durations; /* owned */
    uint32_t duration_count, duration_cap;
    bool failed; /* out of memory */
};

/* Adds a row, which has a route. Returns false if it does not fit any more, and when
 * out of memory; r is unchanged then. */
bool routes_add(struct routes *r, const struct index_row *row);

/* Appends {"route","count","elapsed_ms":[...]} for each, with commas. */
void routes_write(const struct routes *r, struct buf *out);

void routes_free(struct routes *r);

#endif
