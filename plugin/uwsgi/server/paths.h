/* paths.h -- the files and directories that options name. */

#ifndef PROFILER_PATHS_H
#define PROFILER_PATHS_H

#include <stdbool.h>

/* Makes relative paths absolute. Call it once, after the server has changed its
 * directory and root, and before it loads apps, which may change the directory again.
 * False when out of memory. */
bool paths_resolve(void);

/* At start: logs a warning when another user owns profiler-dir or could replace it. */
void paths_warn(void);

#endif
