#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Returns the S_IFMT bits; 0 when not open, or not a file of any kind. */
static unsigned file_type(int fd)
{
#ifdef STATX_TYPE
    struct statx there;
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &there) == 0)
        return there.stx_mode & S_IFMT;
    if (errno == EBADF)
        return 0;
#endif
    struct stat old;
    return fstat(fd, &old) == 0 ? old.st_mode & S_IFMT : 0;
}

/* A nameless unix socket, connected to a nameless one: only socketpair() makes
 * these. */
static bool is_pair(int fd)
{
    struct sockaddr_un own, peer;
    socklen_t own_len = sizeof own, peer_len = sizeof peer;
    return getsockname(fd, (struct sockaddr *)&own, &own_len) == 0 &&
           own.sun_family == AF_UNIX &&
           own_len <= offsetof(struct sockaddr_un, sun_path) &&
           getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0 &&
           peer_len <= offsetof(struct sockaddr_un, sun_path);
}

/* The link is "anon_inode:[eventfd]", "anon_inode:inotify" or "pidfd:[1234]". Returns
 * unnamed for other links, and when it cannot be read. */
static enum descriptor_kind kind_by_name(int fd, enum descriptor_kind unnamed)
{
    char path[64], name[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(path, name, sizeof name);
    struct str text = {name, size > 0 ? (size_t)size : 0};
    if (str_starts(text, STR("anon_inode:[pidfd]")) || str_starts(text, STR("pidfd:")))
        return DESCRIPTOR_CHILD;
    if (str_starts(text, STR("anon_inode:[timerfd]")))
        return DESCRIPTOR_TIMER;
    return str_starts(text, STR("anon_inode:")) ? DESCRIPTOR_OWN : unnamed;
}

enum descriptor_kind descriptor_kind(int fd)
{
    switch (file_type(fd)) {
    case S_IFSOCK:
        return is_pair(fd) ? DESCRIPTOR_PAIR : DESCRIPTOR_SOCKET;
    case S_IFIFO:
        return DESCRIPTOR_PIPE;
    case S_IFREG: /* a pidfd is a regular file in newer kernels */
        return kind_by_name(fd, DESCRIPTOR_FILE);
    case S_IFDIR:
    case S_IFBLK:
        return DESCRIPTOR_FILE;
    case S_IFCHR:
        return DESCRIPTOR_OTHER;
    default:
        return kind_by_name(fd, DESCRIPTOR_OTHER);
    }
}

void watch_add(struct watch *w, int fd, bool reads, bool writes)
{
    if (fd < 0 || (!reads && !writes) || w->count == WATCHED_MAX)
        return;
    w->of[w->count].fd = fd;
    w->of[w->count].reads = reads;
    w->of[w->count++].writes = writes;
}

/* Finds the number after a key in a line, which may be truncated. False if there is
 * none. */
static bool number_after(const char *line, const char *key, int base, long *number)
{
    const char *at = strstr(line, key);
    if (!at)
        return false;
    char *end;
    *number = strtol(at + strlen(key), &end, base);
    return end > at + strlen(key);
}

/* Lines look like: tfd: 5 events: 19 data: ... */
void watch_parse_epoll(struct watch *w, struct str text)
{
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end ? (size_t)(end - text.data) : text.len;
        char line[128];
        long fd, events;
        snprintf(line, sizeof line, "%.*s", (int)len, text.data);
        if (str_starts(text, STR("tfd:")) && number_after(line, "tfd:", 10, &fd) &&
            number_after(line, "events:", 16, &events))
            watch_add(w, (int)fd, events & (EPOLLIN | EPOLLPRI), events & EPOLLOUT);
        len += end != NULL;
        text = (struct str){text.data + len, text.len - len};
    }
}

bool watch_epoll(struct watch *w, int epoll)
{
    char path[64], text[WATCHED_MAX * 80];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", epoll);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = read(fd, text, sizeof text);
    close(fd);
    if (size > 0)
        watch_parse_epoll(w, (struct str){text, (size_t)size});
    return size > 0;
}

enum wait_kind watch_kind(const struct watch *w, int *fd)
{
    uint32_t sockets = 0, readers = 0, children = 0, others = 0, timers = w->timed;
    for (uint32_t i = 0; i < w->count; i++) {
        enum descriptor_kind kind = descriptor_kind(w->of[i].fd);
        bool is_peer =
            kind == DESCRIPTOR_SOCKET || (kind == DESCRIPTOR_PAIR && !w->of[i].reads);
        if (is_peer)
            *fd = w->of[i].fd;
        sockets += is_peer;
        readers += is_peer && w->of[i].reads;
        children += kind == DESCRIPTOR_CHILD || kind == DESCRIPTOR_PIPE;
        others += kind == DESCRIPTOR_OTHER || kind == DESCRIPTOR_FILE;
        timers += kind == DESCRIPTOR_TIMER;
    }
    if (sockets != 1)
        *fd = -1;
    if (sockets)
        return readers ? WAITS_NETWORK_READ : WAITS_NETWORK_WRITE;
    if (children)
        return WAITS_CHILD;
    if (others)
        return WAITS_OTHER;
    return timers || !w->count ? WAITS_SLEEP : WAITS_LOOP;
}
