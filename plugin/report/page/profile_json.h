/* profile_json.h -- the json report, for the page: of a bounded size. */

#ifndef PROFILER_PROFILE_JSON_H
#define PROFILER_PROFILE_JSON_H

#include "report/common/report.h"
#include "shown.h"

/* As json_write, with not more of the tree and the timeline than these. */
bool profile_json_add(const struct report *r, const struct shown_limits *limits,
                      struct buf *out);

/* The .json report: all there is, for programs. profile_json.c has the schema. False
 * when out of memory. */
bool json_write(const struct report *r, struct buf *out);

#endif
