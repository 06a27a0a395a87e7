/* dir.h -- files in one directory: written whole, named once, never replaced.
 *
 * Each function that returns false or -1 leaves the reason in errno. A directory is
 * held by a descriptor that can only be used as a place (O_PATH). */

#ifndef PROFILER_DIR_H
#define PROFILER_DIR_H

#include "base/str.h"

#include <sys/types.h>

/* Makes a directory that is not there; it has exactly this mode, whatever the umask. */
bool dir_make(const char *path, mode_t mode);

/* Any directory that may be entered will do: it need not be readable. Or -1. */
int dir_open(const char *path);

/* A new file with exactly this mode and content; where that fails, none is left. */
bool dir_write_new(int dir, const char *name, mode_t mode, struct str content);

/* Gives a file another name, unless that is taken (EEXIST). Where the file system has
 * hard links, from stays as well; else *moved is set, and it is gone. */
bool dir_place(int dir, const char *from, const char *to, bool *moved);

/* Opens a file, never a link; one that is not there is made with this mode. Flags are
 * those of open. Or -1. */
int dir_open_file(int dir, const char *name, int flags, mode_t mode);

#endif
