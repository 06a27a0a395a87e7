/* tempfiles.h -- temporary files of files.c, and the removal of stale ones.
 *
 * A worker that is killed while it writes leaves a file with a temporary name, which no
 * reader takes for a report: ".<profile's id>.<pid>.<number>.tmp". If it was killed
 * after giving the file its final name, but before adding a line to the index, the file
 * has two names. */

#ifndef PROFILER_TEMPFILES_H
#define PROFILER_TEMPFILES_H

#include "profile/profile.h"

#define TEMP_NAME_SIZE sizeof ".0123456789abcdef.2147483647.4294967295.tmp"

/* Writes the name of this process's temporary file with this number. */
void tempfiles_name(char name[TEMP_NAME_SIZE], const char *id, unsigned number);

/* Removes stale temporary files. A file is stale if its process is gone and it is older
 * than a minute, or if it is older than an hour. (The minute is for a process in
 * another container, which cannot be seen from here and may still be writing.) Also
 * removes the final name of the file if the index does not contain it. Files that
 * cannot be read or removed stay. Reads the whole directory. */
void tempfiles_remove(const char *dir);

#endif
