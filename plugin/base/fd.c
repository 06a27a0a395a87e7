#include "fd.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static bool wait_writable(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    return poll(&wait, 1, -1) == 1 || errno == EINTR;
}

bool fd_write_all(int fd, struct str content)
{
    while (content.len) {
        ssize_t written = write(fd, content.data, content.len);
        if (written < 0 && errno == EAGAIN && wait_writable(fd))
            continue;
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            errno = written < 0 ? errno : EIO;
            return false;
        }
        content.data += written;
        content.len -= (size_t)written;
    }
    return true;
}

ssize_t fd_read_all(int fd, char *bytes, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t got = read(fd, bytes + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}
