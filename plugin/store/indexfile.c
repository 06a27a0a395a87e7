#include "indexfile.h"

#include "base/fd.h"
#include "dir.h"
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NEW_NAME ".index.jsonl.tmp"

#define APPEND_WAIT_MS 200
#define BLOCK_BYTES 65536

/* Maximum of times that the index may be replaced while a worker waits to append. */
#define APPEND_TRIES 20

static void close_quietly(int fd)
{
    int reason = errno;
    close(fd);
    errno = reason;
}

bool indexfile_lock(int fd, unsigned wait_ms)
{
    static const struct timespec ms = {.tv_nsec = 1000000};
    for (;; wait_ms--) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (wait_ms == 0 || (errno != EWOULDBLOCK && errno != EINTR))
            return false;
        nanosleep(&ms, NULL);
    }
}

void indexfile_unlock(int fd)
{
    int reason = errno;
    flock(fd, LOCK_UN);
    errno = reason;
}

bool indexfile_is_current(int dir, int fd)
{
    struct stat named, open;
    return fstat(fd, &open) == 0 &&
           fstatat(dir, INDEX_NAME, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

/* Closes fd and returns -1 if it is not a regular file (a pipe, a device), or if it has
 * a second name: somebody may have planted another file here with a hard link. */
static int check_index(int fd)
{
    struct stat st;
    if (fd < 0)
        return -1;
    int reason = fstat(fd, &st) != 0    ? errno
                 : !S_ISREG(st.st_mode) ? EINVAL
                 : st.st_nlink > 1      ? EMLINK
                                        : 0;
    if (reason == 0)
        return fd;
    close(fd);
    errno = reason;
    return -1;
}

const char *indexfile_reason(int reason)
{
    if (reason == EINVAL)
        return "it is not a regular file";
    return reason == EMLINK ? "it has a second name (a hard link)" : strerror(reason);
}

int indexfile_open(int dir)
{
    return check_index(
        openat(dir, INDEX_NAME, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
}

int indexfile_open_to_read(int dir)
{
    return check_index(
        openat(dir, INDEX_NAME, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
}

/* True if a killed worker left an incomplete line. */
static bool ends_unfinished(int fd, off_t size)
{
    char last;
    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* Appends a line, or nothing: an incomplete line, for lack of disk space, is cut off
 * again. Without the lock it stays, as the cut could hit another worker's line. */
static bool write_line(int fd, struct str line, bool locked)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    struct iovec parts[] = {{(void *)(uintptr_t) "\n", 1},
                            {(void *)(uintptr_t)line.data, line.len}};
    bool unfinished = ends_unfinished(fd, st.st_size);
    ssize_t written;
    do
        written = writev(fd, parts + !unfinished, 1 + unfinished);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        return false;
    if ((size_t)written == line.len + unfinished)
        return true;
    if (locked && ftruncate(fd, st.st_size) != 0)
        return false;
    errno = ENOSPC;
    return false;
}

/* Sets *again if the line went to a file that is no longer the index. */
static bool append_once(int dir, mode_t mode, struct str line, bool *again)
{
    int fd = check_index(dir_open_file(dir, INDEX_NAME, O_RDWR | O_APPEND, mode));
    if (fd < 0)
        return false;
    bool locked = indexfile_lock(fd, APPEND_WAIT_MS);
    *again = locked && !indexfile_is_current(dir, fd);
    bool ok = *again || write_line(fd, line, locked);
    if (ok && !locked)
        *again = !indexfile_is_current(dir, fd);
    if (locked)
        indexfile_unlock(fd);
    close_quietly(fd);
    return ok;
}

bool indexfile_append(int dir, mode_t mode, struct str line)
{
    bool again = true;
    for (int tries = 0; tries < APPEND_TRIES && again; tries++)
        if (!append_once(dir, mode, line, &again))
            return false;
    errno = EBUSY;
    return !again;
}

/* Copies lines that were appended without the lock. */
static bool copy_rest(int from, uint64_t offset, int to)
{
    char block[4096];
    ssize_t len;
    while ((len = pread(from, block, sizeof block, (off_t)offset)) > 0) {
        if (!fd_write_all(to, (struct str){block, (size_t)len}))
            return false;
        offset += (uint64_t)len;
    }
    return len == 0;
}

/* Adds a line to out, and writes out when it is large. */
static bool put_line(int to, struct buf *out, struct str line)
{
    buf_add_str(out, line);
    buf_add_char(out, '\n');
    if (out->failed) {
        errno = ENOMEM;
        return false;
    }
    if (out->len < BLOCK_BYTES)
        return true;
    bool ok = fd_write_all(to, buf_str(out));
    out->len = 0;
    return ok;
}

static bool copy_kept(int from, struct str kept, int to, uint64_t *size)
{
    struct lines lines = {.fd = from};
    struct buf out = {0};
    struct str line;
    bool ok = true;
    *size = 0;
    for (size_t i = 0; ok && i < kept.len && lines_next(&lines, &line); i++) {
        if (!kept.data[i])
            continue;
        ok = put_line(to, &out, line);
        *size += line.len + 1;
    }
    if (lines.reason) {
        errno = lines.reason;
        ok = false;
    }
    ok = ok && fd_write_all(to, buf_str(&out));
    lines_free(&lines);
    buf_free(&out);
    return ok;
}

static bool has_mode_of(int fd, int old)
{
    struct stat st;
    return fstat(old, &st) == 0 && fchmod(fd, st.st_mode & 0777) == 0;
}

bool indexfile_replace(int dir, int old, struct str kept, uint64_t end,
                       struct stat *replaced, uint64_t *lines_end)
{
    unlinkat(dir, NEW_NAME, 0); /* left by a killed worker, as we have the lock */
    int fd = openat(dir, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0600);
    if (fd < 0)
        return false;
    bool ok = has_mode_of(fd, old) && copy_kept(old, kept, fd, lines_end) &&
              copy_rest(old, end, fd) && fstat(fd, replaced) == 0 &&
              renameat(dir, NEW_NAME, dir, INDEX_NAME) == 0;
    int reason = errno;
    if (!ok)
        unlinkat(dir, NEW_NAME, 0);
    close(fd);
    errno = reason;
    return ok;
}
