/* leftovers.h -- the temporary names of files.c, and those that nobody will come back
 * to.
 *
 * A worker that is killed while it writes leaves a file under a temporary name, which
 * no reader takes for a report: ".<profile's id>.<pid>.<number>.tmp". If it was killed
 * between placing a file and adding its line to the index, the file has two names. */

#ifndef PROFILER_LEFTOVERS_H
#define PROFILER_LEFTOVERS_H

#include "profile/profile.h"

#define TEMP_NAME_SIZE sizeof ".0123456789abcdef.2147483647.4294967295.tmp"

/* Of this process. */
void temp_name(char name[TEMP_NAME_SIZE], const char *id, unsigned number);

/* Removes the regular files of such names from the directory whose process is gone and
 * which are older than a minute (of a process that cannot be seen from here, in another
 * container, they may be in the making), or older than an hour. What cannot be read or
 * removed stays. A file's other name goes, too, if the index does not have it. Reads
 * the whole directory. */
void leftovers_remove(const char *dir);

#endif
