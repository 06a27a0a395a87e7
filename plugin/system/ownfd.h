/* ownfd.h -- a descriptor that stays open for a long time.
 *
 * An application may close descriptors that it did not open, and may get the same
 * number for a file of its own. So the owner checks that the number still is its file,
 * before each use and before closing it. Another thread can still close it between
 * check and use: the risk lasts a moment, not a whole request. */

#ifndef PROFILER_OWNFD_H
#define PROFILER_OWNFD_H

#include <stdbool.h>
#include <sys/types.h>

/* On 32-bit systems, dev_t and ino_t have two sizes: all units must see the same. */
_Static_assert(sizeof(off_t) == 8, "compile with -D_FILE_OFFSET_BITS=64");

struct ownfd {
    int number; /* -1: none */
    dev_t device;
    ino_t inode;
};

/* Takes ownership of the open file with this number. -1 gives a struct with no file. */
struct ownfd ownfd_take(int number);

/* Is the number still the file that was taken? */
bool ownfd_is_there(const struct ownfd *fd);

/* Closes the file if the number still is the file. The struct has no file then. */
void ownfd_close(struct ownfd *fd);

#endif
