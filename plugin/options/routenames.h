/* routenames.h -- profiler-group: the names of routes, by which stored profiles are
 * grouped.
 *
 * The name of /orders/4711 is /orders/ and a star. Rules of the administrator come
 * first; without a match, each segment of the path that is a number, a UUID, or 8 or
 * more hexadecimal digits becomes a star. */

#ifndef PROFILER_ROUTENAMES_H
#define PROFILER_ROUTENAMES_H

#include "base/regex.h"

/* Longer names are cut, and end in "...": the filter of a list must fit into a URL. */
#define ROUTENAME_BYTES_MAX 500

struct route_rule {
    struct regex *regex; /* owned */
    char *name;          /* owned; \1 to \9 stand for groups, \\ for a backslash */
};

/* Valid when zeroed. Read-only after the start, for any thread. */
struct route_rules {
    struct route_rule *items; /* owned */
    size_t count;
};

/* Adds a rule, "REGEX NAME". REGEX ends at the first blank that is neither behind a
 * backslash nor in a character class; NAME is the rest, and has no blank. Returns false
 * with the rest of a sentence in *error, without what is possible. */
bool routenames_add(struct route_rules *rules, struct str value, struct buf *error);

/* Appends the route's name of a path, which may hold any byte: that of the first rule
 * that matches, or the default. It is never empty, and has at most ROUTENAME_BYTES_MAX
 * bytes. The bytes of the path are not changed. Returns false when out of memory. */
bool routename_write(const struct route_rules *rules, struct str path, struct buf *out);

void routenames_free(struct route_rules *rules);

#endif
