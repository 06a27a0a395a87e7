/* meta.h -- the facts about a request as JSON: the "meta" of profile_json.c. */

#ifndef PROFILER_META_H
#define PROFILER_META_H

#include "../core/profile.h"
#include "../core/stats.h"

/* One more member of an object: "meta":{...}. */
void meta_add(const struct profile *p, const struct stats *s, struct buf *out);

#endif
