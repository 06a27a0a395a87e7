#include "logstream.h"

#include "base/fd.h"
#include "logparts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

/* The part of a socket's buffer that a message cannot use (Linux). */
#define SOCKET_OVERHEAD 64

#define DATAGRAM_MOST 65507 /* the limit of UDP */

/* Opening a socket through its name in /dev fails, so these use the descriptor. */
static int standard_stream(const char *path)
{
    if (!strcmp(path, "/dev/stdout"))
        return STDOUT_FILENO;
    return strcmp(path, "/dev/stderr") ? -1 : STDERR_FILENO;
}

/* Returns the longest message that the log accepts without loss; 0: not a log of
 * messages, any length. A message must be shorter than the buffer into which the master
 * reads, and fit into the send buffer of this socket. */
static size_t message_size(int fd)
{
    int type = 0, buffer = 0;
    socklen_t len = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || type == SOCK_STREAM)
        return 0;
    size_t size = uwsgi.log_master_bufsize - 1;
    len = sizeof buffer;
    if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, &len) == 0 &&
        buffer > SOCKET_OVERHEAD && size > (size_t)(buffer - SOCKET_OVERHEAD))
        size = (size_t)(buffer - SOCKET_OVERHEAD);
    return size < DATAGRAM_MOST ? size : DATAGRAM_MOST;
}

static bool write_parts(int fd, const char *id, struct str record, size_t size)
{
    struct parts parts;
    struct buf message = {0};
    bool ok = true;
    parts_init(&parts, id, record, size);
    while (ok && parts_next(&parts, &message))
        ok = fd_write_all(fd, buf_str(&message));
    if (message.failed) {
        ok = false;
        errno = ENOMEM;
    }
    int reason = errno;
    buf_free(&message);
    errno = reason;
    return ok;
}

static bool write_record(int fd, const char *id, struct str record)
{
    size_t size = message_size(fd);
    return size ? write_parts(fd, id, record, size) : fd_write_all(fd, record);
}

/* A pipe without a reader gives ENXIO: this never waits for a reader. */
static int open_stream(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                profiler.config.file_mode);
}

static void explain(const char *path, struct buf *error)
{
    buf_printf(error, "cannot append to profiler-stream %s: %s", path,
               errno == ENXIO ? "nobody reads it" : strerror(errno));
}

static bool append_to_stream(const char *path, const char *id, struct str record,
                             struct buf *error)
{
    int standard = standard_stream(path);
    int fd = standard >= 0 ? standard : open_stream(path);
    bool ok = fd >= 0 && write_record(fd, id, record);
    if (!ok)
        explain(path, error);
    if (standard < 0 && fd >= 0)
        close(fd);
    return ok;
}

static bool append_to_server_log(const char *id, struct str record, struct buf *error)
{
    if (write_record(STDERR_FILENO, id, record))
        return true;
    buf_printf(error, "cannot write to the server's log: %s", strerror(errno));
    return false;
}

bool logstream_append(const char *id, struct str record, struct buf *error)
{
    const char *path = profiler.config.stream;
    return path ? append_to_stream(path, id, record, error)
                : append_to_server_log(id, record, error);
}

bool logstream_make(struct buf *error)
{
    const char *path = profiler.config.stream;
    struct stat st;
    if (!path || standard_stream(path) >= 0 || stat(path, &st) == 0)
        return true;
    int fd = open_stream(path);
    if (fd < 0) {
        explain(path, error);
        return false;
    }
    close(fd);
    return true;
}

bool logstream_takes_lines(void)
{
    struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&log, 1, 0) == 1;
}

static bool colour_allowed;

void logstream_prepare(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    colour_allowed = !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

/* Opens only a device to check it: the reader of a pipe would notice a writer that
 * comes and goes. */
static bool is_terminal(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISCHR(st.st_mode))
        return false;
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool yes = isatty(fd);
    close(fd);
    return yes;
}

bool logstream_wants_colour(void)
{
    const char *path = profiler.config.stream;
    if (!colour_allowed)
        return false;
    int standard = path ? standard_stream(path) : STDERR_FILENO;
    return standard >= 0 ? isatty(standard) == 1 : is_terminal(path);
}
