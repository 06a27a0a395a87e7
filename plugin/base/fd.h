/* fd.h -- reads and writes that are whole: no short ones, none that a signal ends.
 *
 * errno says why on failure. */

#ifndef PROFILER_FD_H
#define PROFILER_FD_H

#include "str.h"

#include <sys/types.h>

/* Waits where a pipe or socket is full. In one write, where the other end takes it. */
bool fd_write_all(int fd, struct str content);

/* Reads size bytes, or fewer up to the end of the file. Returns how many; -1 on
 * failure, whatever was read before. */
ssize_t fd_read_all(int fd, char *bytes, size_t size);

#endif
