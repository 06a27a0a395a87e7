/* profile_json.h -- the json report, for the page: with a tree of a bounded size. */

#ifndef PROFILER_PROFILE_JSON_H
#define PROFILER_PROFILE_JSON_H

#include "../core/profile.h"
#include "../core/stats.h"

/* As json_write, with at most so many nodes of the tree (at least 1; see shown.h). */
bool profile_json_add(const struct profile *p, const struct stats *s, uint32_t most,
                      struct buf *out);

#endif
