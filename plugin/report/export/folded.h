/* folded.h -- the .folded report: stacks and microseconds, for flamegraph.pl and
 * inferno. */

#ifndef PROFILER_FOLDED_H
#define PROFILER_FOLDED_H

#include "report/common/report.h"

/* folded.c describes the grammar. Returns false when out of memory. */
bool folded_write(const struct report *r, struct buf *out);

#endif
