/* meta.h -- the facts about a request as JSON: the "meta" of profile_json.c. */

#ifndef PROFILER_META_H
#define PROFILER_META_H

#include "../core/profile.h"
#include "../core/stats.h"

/* One more member of an object: "meta":{...}. A notice says so when fewer nodes are
 * shown than the tree has. */
void meta_add(const struct profile *p, const struct stats *s, uint32_t shown,
              struct buf *out);

#endif
