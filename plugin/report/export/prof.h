/* prof.h -- the .prof report, for pstats and SnakeViz. */

#ifndef PROFILER_PROF_H
#define PROFILER_PROF_H

#include "report/common/report.h"

/* Writes marshal data of {(file, line, name): (cc, nc, tt, ct, callers)}, then
 * "\nprofile <id>\n": readers stop at the end of the data. Returns false when out of
 * memory, or if the format cannot express the profile. */
bool prof_write(const struct report *r, struct buf *out);

#endif
