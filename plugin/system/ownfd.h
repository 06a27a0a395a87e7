/* ownfd.h -- a descriptor that stays open for long.
 *
 * An application may close descriptors that it knows nothing of, and get the number for
 * a file of its own. So whoever keeps one looks whose it is before it is used or
 * closed. Between the look and the use another thread can still close it: a moment, not
 * the length of a request. */

#ifndef PROFILER_OWNFD_H
#define PROFILER_OWNFD_H

#include <stdbool.h>
#include <sys/types.h>

struct ownfd {
    int number; /* -1: none */
    dev_t device;
    ino_t inode;
};

/* What a number stands for now; -1 gives none. */
struct ownfd ownfd_take(int number);

/* Is it still the file that was taken? */
bool ownfd_is_there(const struct ownfd *fd);

/* Closes it if it is; none afterwards. */
void ownfd_close(struct ownfd *fd);

#endif
