/* meta.h -- the facts about a request as JSON: the "meta" of profile_json.c. */

#ifndef PROFILER_META_H
#define PROFILER_META_H

#include "report/common/report.h"
#include "shown.h"

/* One more member of an object: "meta":{...}. notices: of this report alone, added to
 * the profile's, as is one that says that less is shown than there is. */
void meta_add(const struct report *r, const struct shown *shown, uint32_t notices,
              struct buf *out);

#endif
