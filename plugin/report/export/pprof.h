/* pprof.h -- the .pb.gz report, for go tool pprof. */

#ifndef PROFILER_PPROF_H
#define PROFILER_PPROF_H

#include "report/common/report.h"

/* pprof.c describes the content. Returns false when out of memory. */
bool pprof_write(const struct report *r, struct buf *out);

#endif
