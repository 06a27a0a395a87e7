/* mode.h -- the two ways in which a request is profiled. */

#ifndef PROFILER_MODE_H
#define PROFILER_MODE_H

#include "base/str.h"

#include <stdbool.h>

enum profile_mode { MODE_DETERMINISTIC, MODE_SAMPLING };

#define MODE_COUNT 2
#define MODE_NAMES "deterministic, sampling" /* for a list of what is possible */

/* "deterministic" */
const char *mode_name(enum profile_mode mode);

/* The mode of this name. False, and *mode as it was, when it is none. */
bool mode_find(struct str name, enum profile_mode *mode);

#endif
