/* speedscope.h -- the .speedscope.json report, for https://www.speedscope.app. */

#ifndef PROFILER_SPEEDSCOPE_H
#define PROFILER_SPEEDSCOPE_H

#include "report/common/report.h"

/* speedscope.c describes the content. Returns false when out of memory. */
bool speedscope_write(const struct report *r, struct buf *out);

#endif
