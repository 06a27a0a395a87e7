/* dir.h -- files in one directory: written whole, and never overwritten.
 *
 * Functions that return false or -1 leave the reason in errno. The descriptor of a
 * directory is opened with O_PATH: it serves only to open files in the directory. */

#ifndef PROFILER_DIR_H
#define PROFILER_DIR_H

#include "base/str.h"

#include <sys/types.h>

/* Makes a directory that does not exist yet. It gets exactly this mode, whatever the
 * umask. */
bool dir_make(const char *path, mode_t mode);

/* Opens a directory that the process may enter; it need not be readable. Returns -1 on
 * failure. */
int dir_open(const char *path);

/* Makes a file with exactly this mode and content. Leaves no file behind when it
 * fails. */
bool dir_write_new(int dir, const char *name, mode_t mode, struct str content);

/* Gives a file the name `to`. Fails with EEXIST if that name is taken. If the file
 * system has hard links, the file also keeps its old name. Otherwise the old name is
 * gone, and *moved is set. */
bool dir_place(int dir, const char *from, const char *to, bool *moved);

/* Opens a file, but never follows a link. Makes it with this mode if it does not exist.
 * flags are those of open(). Returns -1 on failure. */
int dir_open_file(int dir, const char *name, int flags, mode_t mode);

#endif
