/* prune.h -- profiler-dir-max-files and -max-bytes: the oldest profiles go first.
 *
 * What the index names is ours, in the order in which it was written, and nothing else
 * is ever removed: no links, nothing but regular files, and all files of a profile or
 * none. The profile written last always stays. To nine tenths of a limit, so that not
 * every profile has to remove one.
 *
 * Each process keeps its own account of the index, and reads of it only what was
 * appended since the last time, unless somebody has rewritten it. Only when the account
 * is above a limit are files looked at, under the lock of the index; who finds it taken
 * leaves the work to the one that has it. Needs no GIL; any thread and process. */

#ifndef PROFILER_PRUNE_H
#define PROFILER_PRUNE_H

#include "base/buf.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

/* What removing may take at once; a backlog, of limits that were lowered, takes several
 * calls. */
#define PRUNE_BUDGET_NS 50000000

/* One for each process; all but the limits begins as zeros. The limits are set before
 * threads share it. */
struct prune {
    uint64_t max_files, max_bytes; /* 0: no limit */
    uint64_t budget_ns;            /* PRUNE_BUDGET_NS; 0: as long as it takes */

    atomic_bool busy; /* a thread is at it: the others leave it to that one */
    dev_t dev;        /* the index that the account is of */
    ino_t ino;
    uint64_t offset; /* up to here */
    uint64_t files, bytes;
    uint32_t pause;         /* after a failure: how many calls do nothing */
    _Atomic uint32_t stuck; /* calls in a row that removed nothing, above a limit */
};

/* To be called after a line was added to the index of the open directory (dir.h). False
 * with one line in *error when files cannot be removed, or the index not be rewritten;
 * then it is tried again a hundred calls later. */
bool prune_directory(struct prune *p, int dir, const char *path, struct buf *error);

/* The directory is above a limit, and none of the last hundred calls could remove
 * anything, for whatever reason: nothing more should be written. */
bool prune_is_stuck(struct prune *p);

/* In the child of a fork, where a thread that was at it is missing. */
void prune_after_fork(struct prune *p);

#endif
