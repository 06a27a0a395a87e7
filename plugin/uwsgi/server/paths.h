/* paths.h -- the files and directories that options name. */

#ifndef PROFILER_PATHS_H
#define PROFILER_PATHS_H

#include <stdbool.h>

/* Once, when the server has changed its directory and root, and before apps are loaded,
 * which may change it again: makes relative paths absolute. False when out of memory.
 */
bool paths_resolve(void);

/* At start: a line in the log for a profiler-dir that others own, or could replace. */
void paths_warn(void);

#endif
