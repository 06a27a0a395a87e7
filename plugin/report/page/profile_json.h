/* profile_json.h -- the json report. The page contains it with a limited size. */

#ifndef PROFILER_PROFILE_JSON_H
#define PROFILER_PROFILE_JSON_H

#include "report/common/report.h"
#include "shown.h"

/* As json_write, but with at most limits->nodes of the tree and limits->moments of the
 * timeline. */
bool profile_json_add(const struct report *r, const struct shown_limits *limits,
                      struct buf *out);

/* The .json report: the whole profile, for programs. profile_json.c describes the
 * schema. Returns false when out of memory. */
bool json_write(const struct report *r, struct buf *out);

#endif
