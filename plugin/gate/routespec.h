/* routespec.h -- the words of a route's action: route = ^/reports profile:sampling,file
 *
 * They are those of a flag, except the ones that only make sense for a client: a format
 * for the answer, and a proof of the key. */

#ifndef PROFILER_ROUTESPEC_H
#define PROFILER_ROUTESPEC_H

#include "flag.h"

/* False with one line in *error:
 * route action profile: "html" would replace ...; possible: ... */
bool routespec_parse(struct flag *f, const struct config *c, struct str words,
                     struct buf *error);

#endif
