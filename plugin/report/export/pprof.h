/* pprof.h -- the .pb.gz report, for go tool pprof. */

#ifndef PROFILER_PPROF_H
#define PROFILER_PPROF_H

#include "report/common/report.h"

/* See pprof.c for what is in it. False when out of memory. */
bool pprof_write(const struct report *r, struct buf *out);

#endif
