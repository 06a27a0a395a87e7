/* offswitch.h -- profiler-off-file: while this file exists, nothing is profiled. */

#ifndef PROFILER_OFFSWITCH_H
#define PROFILER_OFFSWITCH_H

#include <stdbool.h>

/* Checks for the file for the first time. Call it once in each worker. */
void offswitch_prepare(void);

/* Does the file exist? The worker checks at most once a second, on one thread; in
 * between, all threads use the last result. No lock, no GIL. If the check fails for any
 * other reason than a missing file, the file counts as missing; this is logged once. */
bool offswitch_is_on(void);

#endif
