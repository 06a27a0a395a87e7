/* indexfile.h -- index.jsonl as a file that all workers append to and any may rewrite.
 *
 * A worker locks the file itself (flock) before it changes it. To rewrite the file, a
 * worker renames a new file over it. The new file has a lock of its own, so a worker
 * that waited for the old file's lock must open the name again. Readers need no lock:
 * the file that they open is complete. Functions that return false or -1 leave the
 * reason in errno. */

#ifndef PROFILER_INDEXFILE_H
#define PROFILER_INDEXFILE_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define INDEX_NAME "index.jsonl"

/* The text for an errno of these functions. */
const char *indexfile_reason(int reason);

/* Appends a line, with its newline, in one write. Starts on a new line if the last one
 * is incomplete. Makes the file with this mode if it does not exist. Waits for the lock
 * for at most a fifth of a second, and then writes without it. */
bool indexfile_append(int dir, mode_t mode, struct str line);

/* Opens the file for reading and locking. Like indexfile_append, accepts only a regular
 * file without a second name (hard link). */
int indexfile_open(int dir);
/* As indexfile_open, for reading only: the process need not be able to write. */
int indexfile_open_to_read(int dir);

/* Locks the file. Returns false with EWOULDBLOCK after wait_ms. */
bool indexfile_lock(int fd, unsigned wait_ms);

/* Call it before closing: a child process may have the descriptor, and with it the
 * lock. */
void indexfile_unlock(int fd);

/* True if the open file is still the one with the name. */
bool indexfile_is_current(int dir, int fd);

/* Replaces the file by a new one with the same mode. kept has one byte for each line of
 * the old file: 0 if the new file lacks the line. The new file also has everything
 * from offset `end` of the old one on, which somebody appended without the lock.
 * *lines_end is the offset in the new file where the kept lines end. */
bool indexfile_replace(int dir, int old, struct str kept, uint64_t end,
                       struct stat *replaced, uint64_t *lines_end);

#endif
