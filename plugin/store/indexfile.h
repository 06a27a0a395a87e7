/* indexfile.h -- index.jsonl as a file that all workers append to, and any may rewrite.
 *
 * Who changes it holds a lock on the file itself (flock). It is rewritten by renaming a
 * new file over it, which needs its own lock: whoever has waited for the lock of the
 * old one opens the name again. Readers take no lock: what they open is whole. Each
 * function that returns false or -1 leaves the reason in errno. */

#ifndef PROFILER_INDEXFILE_H
#define PROFILER_INDEXFILE_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#define INDEX_NAME "index.jsonl"

/* The text for an errno that one of these has left. */
const char *indexfile_reason(int reason);

/* Appends a line, with its newline, in one write; behind a line that was left
 * unfinished it begins a new one. The file is made with this mode where there is none.
 * Waits for the lock for a fifth of a second at most: then without it. */
bool indexfile_append(int dir, mode_t mode, struct str line);

/* For reading and locking; only a regular file that has no second name, as in
 * indexfile_append. */
int indexfile_open(int dir);

/* Without a lock after this time: false, with EWOULDBLOCK. */
bool indexfile_lock(int fd, unsigned wait_ms);

/* Before closing: a child process may hold the descriptor, and thereby the lock. */
void indexfile_unlock(int fd);

/* Is this file the one that has the name now? */
bool indexfile_is_current(int dir, int fd);

/* The lines of a file from an offset on, read in blocks. Valid when zeroed but for fd
 * and offset. */
struct lines {
    int fd;
    uint64_t offset; /* of the line that comes next */
    struct buf text; /* owned; what was read of it, and behind */
    size_t at;       /* where in text it begins */
    bool too_long;   /* it is, and what was read of it is dropped */
    int reason;      /* the errno of what went wrong; 0: nothing did */
};

/* The next line, without its newline; empty when it is longer than INDEX_LINE_MAX.
 * False at the end, when only an unfinished line is left, and when reading failed. A
 * view until the next call. */
bool lines_next(struct lines *l, struct str *line);
void lines_free(struct lines *l);

#define INDEX_LINE_MAX 1048576

/* Gives the name to a new file that holds, of the old one, the nth line where the nth
 * byte of kept is not 0, and all from the offset end on, which somebody appended
 * without the lock; it has the old one's mode. *lines_end is where the kept ones end in
 * it. */
bool indexfile_replace(int dir, int old, struct str kept, uint64_t end,
                       struct stat *replaced, uint64_t *lines_end);

#endif
