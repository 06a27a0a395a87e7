/* offswitch.h -- profiler-off-file: while it exists nothing is profiled. */

#ifndef PROFILER_OFFSWITCH_H
#define PROFILER_OFFSWITCH_H

#include <stdbool.h>

/* Once in each worker: the first look. */
void offswitch_prepare(void);

/* Is it there? One thread of the worker looks once a second at most; the others, and it
 * the rest of the time, take what was seen last. No lock, no GIL. A file that cannot be
 * looked at for another reason than that it is not there counts as not there, which is
 * logged once. */
bool offswitch_is_on(void);

#endif
