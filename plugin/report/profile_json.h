/* profile_json.h -- the json report, for the page: of a bounded size. */

#ifndef PROFILER_PROFILE_JSON_H
#define PROFILER_PROFILE_JSON_H

#include "../core/stats.h"
#include "shown.h"

/* As json_write, with not more of the tree and the timeline than these. */
bool profile_json_add(const struct profile *p, const struct stats *s,
                      const struct shown_limits *limits, struct buf *out);

#endif
