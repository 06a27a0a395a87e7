/* selftest.h -- is this Python laid out as frames.c believes?
 *
 * No header of Python's is needed to include this. */

#ifndef PROFILER_SELFTEST_H
#define PROFILER_SELFTEST_H

#include "base/buf.h"

/* Compares what frames.c reads with what sys._getframe() says, in calls made for it.
 * False with one sentence. Takes the GIL, of the main interpreter. */
bool selftest_frames(struct buf *error);

#endif
