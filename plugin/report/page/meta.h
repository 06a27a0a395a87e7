/* meta.h -- the facts about a request as JSON: "meta" in profile_json.c. */

#ifndef PROFILER_META_H
#define PROFILER_META_H

#include "report/common/report.h"
#include "shown.h"

/* Adds the member "meta":{...} to an object. It has the notices of the profile, and
 * `notices`, which are about this report only. If the report does not show the whole
 * tree, it gets the notice "pruned", too. */
void meta_add(const struct report *r, const struct shown *shown, uint32_t notices,
              struct buf *out);

#endif
