/* mode.h -- the two profiling modes. */

#ifndef PROFILER_MODE_H
#define PROFILER_MODE_H

#include "base/str.h"

#include <stdbool.h>

enum profile_mode { MODE_DETERMINISTIC, MODE_SAMPLING };

#define MODE_COUNT 2
#define MODE_NAMES "deterministic, sampling" /* for error messages */

/* "deterministic" or "sampling"; static. */
const char *mode_name(enum profile_mode mode);

/* Finds the mode with this name. Returns false when there is none; *mode is unchanged
 * then. */
bool mode_find(struct str name, enum profile_mode *mode);

#endif
