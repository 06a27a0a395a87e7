#include "dir.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

static const int new_file = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

/* Maximum of attempts if the file appears and disappears between two calls of open. */
#define OPEN_TRIES 100

static void close_quietly(int fd)
{
    int reason = errno;
    close(fd);
    errno = reason;
}

/* EINTR does not matter: Linux has closed the descriptor. */
static bool close_checked(int fd)
{
    return close(fd) == 0 || errno == EINTR;
}

/* mkdir applies the umask, so set exactly the mode that was asked for. */
static bool set_mode(const char *path, mode_t mode)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fchmod(fd, mode) == 0;
    close_quietly(fd);
    return ok;
}

bool dir_make(const char *path, mode_t mode)
{
    if (mkdir(path, 0700) != 0)
        return false;
    if (set_mode(path, mode))
        return true;
    int reason = errno;
    rmdir(path);
    errno = reason;
    return false;
}

int dir_open(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool dir_write_new(int dir, const char *name, mode_t mode, struct str content)
{
    int fd = openat(dir, name, O_WRONLY | new_file, 0600);
    if (fd < 0)
        return false;
    bool ok = fchmod(fd, mode) == 0 && fd_write_all(fd, content);
    if (!ok)
        close_quietly(fd);
    else
        ok = close_checked(fd);
    if (ok)
        return true;
    int reason = errno;
    unlinkat(dir, name, 0);
    errno = reason;
    return false;
}

/* True for the errors with which file systems without hard links, and AppArmor, refuse
 * a link. */
static bool is_refusal(int reason)
{
    return reason == EPERM || reason == EOPNOTSUPP || reason == ENOSYS ||
           reason == EMLINK || reason == EACCES;
}

bool dir_place(int dir, const char *from, const char *to, bool *moved)
{
    *moved = false;
    if (linkat(dir, from, dir, to, 0) == 0)
        return true;
    if (!is_refusal(errno))
        return false;
    /* musl has the function from 1.2.5 on. */
    *moved = syscall(SYS_renameat2, dir, from, dir, to, RENAME_NOREPLACE) == 0;
    return *moved;
}

/* O_NONBLOCK: somebody may have put a pipe there. */
int dir_open_file(int dir, const char *name, int flags, mode_t mode)
{
    flags |= O_NONBLOCK | O_CLOEXEC;
    for (int tries = 0; tries < OPEN_TRIES; tries++) {
        int fd = openat(dir, name, flags | O_NOFOLLOW);
        if (fd >= 0 || errno != ENOENT)
            return fd;
        fd = openat(dir, name, flags | new_file, 0600);
        if (fd < 0 && errno == EEXIST)
            continue;
        if (fd < 0 || fchmod(fd, mode) == 0)
            return fd;
        close_quietly(fd);
        return -1;
    }
    return -1;
}
