#include "logstream.h"

#include "../core/clock.h"
#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A socket cannot be opened by its name in /dev: these are taken as they are. */
static int standard_stream(const char *path)
{
    if (!strcmp(path, "/dev/stdout"))
        return STDOUT_FILENO;
    return strcmp(path, "/dev/stderr") ? -1 : STDERR_FILENO;
}

static bool fail(struct buf *error, const char *path, const char *reason)
{
    buf_printf(error, "cannot append to profiler-stream %s: %s", path, reason);
    return false;
}

static bool append_to_file(const char *path, struct str record, struct buf *error)
{
    int standard = standard_stream(path);
    int fd = standard;
    if (fd < 0)
        fd = open(path,
                  O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                  profiler.config.file_mode);
    if (fd < 0)
        return fail(error, path, errno == ENXIO ? "nobody reads it" : strerror(errno));
    ssize_t written;
    do
        written = write(fd, record.data, record.len);
    while (written < 0 && errno == EINTR);
    bool ok = written == (ssize_t)record.len;
    if (!ok)
        fail(error, path, written < 0 ? strerror(errno) : "only a part was written");
    if (standard < 0)
        close(fd);
    return ok;
}

static bool append_to_server_log(struct str record, struct buf *error)
{
    while (record.len) {
        ssize_t written = write(STDERR_FILENO, record.data, record.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            buf_printf(error, "cannot write to the server's log: %s", strerror(errno));
            return false;
        }
        record.data += written;
        record.len -= (size_t)written;
    }
    return true;
}

bool logstream_append(struct str record, struct buf *error)
{
    const char *path = profiler.config.stream;
    return path ? append_to_file(path, record, error)
                : append_to_server_log(record, error);
}

static bool colour_allowed;

void logstream_prepare(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    colour_allowed = !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

/* Only a device is opened to be asked: a reader of a pipe would see us come and go. */
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

/* An address as it is, anything else in quotes. */
static void add_sender(struct buf *line, struct str sender)
{
    struct net_address address;
    if (net_address_parse(&address, sender))
        buf_add_str(line, sender);
    else
        buf_add_quoted(line, sender);
}

void logstream_denied(const struct denial *d)
{
    uint64_t count;
    if (!shared_tell_ignored(clock_ns(CLOCK_MONOTONIC), &count))
        return;
    struct buf line = {0};
    buf_add_text(&line, "flag from ");
    add_sender(&line, d->address);
    buf_printf(&line, " ignored: %s%s%s (%llu since the last such line)", d->why,
               *d->advice ? "; " : "", d->advice, (unsigned long long)count);
    profiler_log("%s", buf_cstr(&line));
    buf_free(&line);
}
