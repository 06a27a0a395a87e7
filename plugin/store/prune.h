/* prune.h -- profiler-dir-max-files and -max-bytes: removes the oldest profiles first.
 *
 * It only removes regular files that the index names, in the order of the index: no
 * links, nothing else. It removes all files of a profile or none, and never the profile
 * written last. It goes down to nine tenths of a limit, so that it need not run for
 * every profile.
 *
 * Each process has its own account of the index. It reads only the part that was
 * appended since the last time, unless the index was rewritten. If the account is above
 * a limit, it takes the lock of the index and looks at the files. If another process
 * has the lock, that process does the work. Needs no GIL; any thread and process may
 * call. */

#ifndef PROFILER_PRUNE_H
#define PROFILER_PRUNE_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

/* The time that one call may take. If limits were lowered, it takes several calls. */
#define PRUNE_BUDGET_NS 50000000

/* One per process. All but the limits starts as zeros. The limits are set before
 * threads share it. */
struct prune {
    uint64_t max_files, max_bytes; /* 0: no limit */
    uint64_t budget_ns;            /* PRUNE_BUDGET_NS; 0: no limit */

    atomic_bool busy; /* a thread is pruning; other threads skip it */
    dev_t dev;        /* device and inode of the index that the account is of */
    ino_t ino;
    uint64_t offset; /* the account covers the index up to here */
    uint64_t files, bytes;
    uint32_t pause;         /* number of calls to skip, after a failure */
    _Atomic uint32_t stuck; /* consecutive calls above a limit that removed nothing */
};

/* Call it after adding a line to the index. dir is the open directory (dir.h). Returns
 * false with one line in *error if files could not be removed, or the index not
 * rewritten; the next try is a hundred calls later. */
bool prune_directory(struct prune *p, int dir, const char *path, struct buf *error);

/* True if the directory is above a limit, and the last hundred calls could not remove
 * anything. The caller should not write more files. */
bool prune_is_stuck(struct prune *p);

/* Call it in the child of a fork, which does not have the thread that was pruning. */
void prune_after_fork(struct prune *p);

#endif
