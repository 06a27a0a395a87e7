/* triggerspec.h -- profiler-trigger: "query:NAME", "header:NAME", "cookie:NAME",
 * "var:NAME", "always", "ratio:0.01". */

#ifndef PROFILER_TRIGGERSPEC_H
#define PROFILER_TRIGGERSPEC_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define TRIGGER_SPECS                                                                  \
    "query:NAME, header:NAME, cookie:NAME, var:NAME, always, ratio:0.01"

/* Flags first: from TRIGGER_ALWAYS on the configuration itself asks. */
enum trigger_kind {
    TRIGGER_QUERY,
    TRIGGER_HEADER,
    TRIGGER_COOKIE,
    TRIGGER_VAR,
    TRIGGER_ALWAYS,
    TRIGGER_RATIO,
};

struct trigger {
    enum trigger_kind kind;
    char *name; /* owned; of a header: its variable, "HTTP_X_PROFILE"; of a ratio: its
                   number as written; NULL: always */
    size_t name_len;
    uint32_t billionths; /* TRIGGER_RATIO: see rate_draw */
};

struct triggers {
    struct trigger
        *items; /* owned; in the order header, query, cookie, var, always, ratio */
    size_t count;
};

/* Adds one trigger, in the order in which they are asked. One
 * that is there already is left alone; of ratios, the last stays. False with what is
 * wrong in *error (nothing when out of memory). */
bool triggers_add(struct triggers *t, struct str spec, struct buf *error);

/* Frees all; none is left. */
void triggers_free(struct triggers *t);

#endif
