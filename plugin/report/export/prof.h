/* prof.h -- the .prof report, for pstats and SnakeViz. */

#ifndef PROFILER_PROF_H
#define PROFILER_PROF_H

#include "report/common/report.h"

/* marshal of {(file, line, name): (cc, nc, tt, ct, callers)}, then, after that object,
 * where readers do not look, "\nprofile <id>\n". False when it could not be made. */
bool prof_write(const struct report *r, struct buf *out);

#endif
