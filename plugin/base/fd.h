/* fd.h -- complete reads and writes, which continue after short ones and after signals.
 *
 * On failure errno has the reason. */

#ifndef PROFILER_FD_H
#define PROFILER_FD_H

#include "str.h"

#include <sys/types.h>

/* Writes all of content. Blocks while a pipe or socket is full. Takes one write() if
 * the other end accepts it all. */
bool fd_write_all(int fd, struct str content);

/* Reads size bytes, or fewer at the end of the file. Returns their number; -1 on
 * failure, even if some bytes were read. */
ssize_t fd_read_all(int fd, char *bytes, size_t size);

#endif
