/* routespec.h -- the words of a route's action: route = ^/reports profile:sampling,file
 *
 * Those of a flag, but for what a client alone can ask for: an answer, and a proof of
 * who he is. */

#ifndef PROFILER_ROUTESPEC_H
#define PROFILER_ROUTESPEC_H

#include "flag.h"

/* False with one line in *error:
 * route action profile: "html" would replace ...; possible: ... */
bool routespec_parse(struct flag *f, const struct config *c, struct str words,
                     struct buf *error);

#endif
