/* selftest.h -- checks that this Python lays out frames as frames.c expects.
 *
 * This header does not need Python.h. */

#ifndef PROFILER_SELFTEST_H
#define PROFILER_SELFTEST_H

#include "base/buf.h"

/* Runs a test program, and compares what frames.c reads with sys._getframe(). False,
 * with one sentence in error, when they differ. Takes the main interpreter's GIL. */
bool selftest_frames(struct buf *error);

#endif
