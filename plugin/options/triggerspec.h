/* triggerspec.h -- profiler-trigger: "query:NAME", "header:NAME", "cookie:NAME",
 * "var:NAME", "always", "ratio:0.01". */

#ifndef PROFILER_TRIGGERSPEC_H
#define PROFILER_TRIGGERSPEC_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define TRIGGER_SPECS                                                                  \
    "query:NAME, header:NAME, cookie:NAME, var:NAME, always, ratio:0.01"

/* First the kinds that find a flag in the request. From TRIGGER_ALWAYS on, requests are
 * profiled without a flag. */
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
    char *name; /* owned; a header's variable: "HTTP_X_PROFILE"; a ratio's number as
                   written; NULL: "always" */
    size_t name_len;
    uint32_t billionths; /* for TRIGGER_RATIO, see rate_draw */
};

struct triggers {
    /* Owned; in the order header, query, cookie, var, always, ratio. */
    struct trigger *items;
    size_t count;
};

/* Adds one trigger, at its place in the order above. Ignores one that exists already;
 * the last ratio replaces earlier ones. False with what is wrong in *error, which is
 * empty when out of memory. */
bool triggers_add(struct triggers *t, struct str spec, struct buf *error);

/* Frees all triggers; t is then empty. */
void triggers_free(struct triggers *t);

#endif
