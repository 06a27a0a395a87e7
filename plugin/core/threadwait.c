#include "threadwait.h"
#include "syscalls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

/* Nine numbers of at most 18 digits; and of stat, all up to the state. */
#define TEXT_BYTES 256

static int open_file(pid_t tid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/%s", (long)tid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool open_stat(struct threadwait *w)
{
    threadwait_close(w);
    w->unknown = true;
    w->file = open_file(w->tid, "stat");
    return w->file >= 0;
}

bool threadwait_open(struct threadwait *w, pid_t tid)
{
    *w = (struct threadwait){.tid = tid, .file = open_file(tid, "syscall")};
    return w->file >= 0 || open_stat(w);
}

void threadwait_close(struct threadwait *w)
{
    if (w->file >= 0)
        close(w->file);
    w->file = -1;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* " 0x7f12" off the front of *text. */
static bool take_hex(struct str *text, uint64_t *value)
{
    size_t at = 3;
    *value = 0;
    if (!str_starts(*text, STR(" 0x")))
        return false;
    for (; at < text->len && at < 3 + 16 && digit_of(text->data[at]) < 16; at++)
        *value = *value << 4 | (uint64_t)digit_of(text->data[at]);
    text->data += at;
    text->len -= at;
    return at > 3;
}

/* "202" off the front of *text; a call's number is small. */
static bool take_number(struct str *text, long *number)
{
    size_t at = 0;
    *number = 0;
    for (; at < text->len && at < 9 && digit_of(text->data[at]) < 10; at++)
        *number = *number * 10 + digit_of(text->data[at]);
    text->data += at;
    text->len -= at;
    return at > 0;
}

bool threadwait_parse(struct str text, struct thread_call *call)
{
    *call = (struct thread_call){.number = -1};
    if (str_starts(text, STR("running"))) {
        call->running = true;
        return true;
    }
    if (str_starts(text, STR("-1 ")))
        return true;
    if (!text.len || !take_number(&text, &call->number))
        return false;
    for (size_t i = 0; i < 6; i++)
        if (!take_hex(&text, &call->args[i]))
            return false;
    /* A stack pointer follows: without it the last argument may be cut. */
    return text.len && *text.data == ' ';
}

enum wait_kind threadwait_parse_stat(struct str text)
{
    const char *end = text.len ? memrchr(text.data, ')', text.len) : NULL;
    if (!end || text.data + text.len - end < 3)
        return WAITS_OTHER;
    return end[2] == 'R' ? WAITS_CPU : end[2] == 'D' ? WAITS_DISK : WAITS_OTHER;
}

/* Copies from the live stack of another thread, which may be gone the next moment: the
 * kernel checks the address, a load here would not. */
static bool copy_memory(uint64_t address, void *to, size_t size)
{
    struct iovec here = {to, size};
    struct iovec there = {(void *)(uintptr_t)address, size};
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* The S_IFMT bits, 0 when there is no such descriptor. Asks no file server, which may
 * be what the other thread waits for. */
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

static enum wait_kind wait_on(int descriptor, bool writes, int *fd)
{
    switch (file_type(descriptor)) {
    case S_IFSOCK:
        *fd = descriptor;
        return writes ? WAITS_NETWORK_WRITE : WAITS_NETWORK_READ;
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK:
        return WAITS_DISK;
    case S_IFIFO:
        return WAITS_CHILD;
    default:
        return WAITS_OTHER;
    }
}

/* Of several, the first: most polls are for one. */
static enum wait_kind wait_in_poll(const struct thread_call *call, int *fd)
{
    struct pollfd first;
    if (call->args[1] == 0)
        return WAITS_SLEEP;
    if (!copy_memory(call->args[0], &first, sizeof first) ||
        !(first.events & (POLLIN | POLLPRI | POLLOUT)))
        return WAITS_OTHER;
    return wait_on(first.fd, !(first.events & (POLLIN | POLLPRI)), fd);
}

/* The lowest descriptor of the set at address, or -1. Only the bits below limit are
 * surely the caller's memory; it allots whole words. */
static int first_of_set(uint64_t address, int limit)
{
    fd_set set;
    size_t word_bits = 8 * sizeof(long);
    size_t size = ((size_t)limit + word_bits - 1) / word_bits * sizeof(long);
    FD_ZERO(&set);
    if (!address || !copy_memory(address, &set, size))
        return -1;
    for (int fd = 0; fd < limit; fd++)
        if (FD_ISSET(fd, &set))
            return fd;
    return -1;
}

static enum wait_kind wait_in_select(const struct thread_call *call, int *fd)
{
    int limit = (int)call->args[0];
    if (limit == 0)
        return WAITS_SLEEP;
    if (limit < 0 || limit > FD_SETSIZE)
        return WAITS_OTHER;
    int reads = first_of_set(call->args[1], limit);
    int writes = reads < 0 ? first_of_set(call->args[2], limit) : -1;
    if (reads < 0 && writes < 0)
        return WAITS_OTHER;
    return wait_on(reads < 0 ? writes : reads, reads < 0, fd);
}

static bool is_gil(uint64_t address, const struct gil_range *gil)
{
    return gil && address >= gil->start && address < gil->end;
}

static bool locks_file(uint64_t command)
{
    return command == F_SETLKW || command == F_OFD_SETLKW;
}

static enum wait_kind wait_in_call(const struct thread_call *call,
                                   const struct gil_range *gil, int *fd)
{
    struct syscall_kind kind = syscall_kind(call->number);
    switch ((enum syscall_look)kind.look) {
    case LOOK_NO_FURTHER:
        break;
    case LOOK_SOCKET:
        *fd = (int)call->args[0];
        break;
    case LOOK_FD_READ:
    case LOOK_FD_WRITE:
        return wait_on((int)call->args[0], kind.look == LOOK_FD_WRITE, fd);
    case LOOK_FUTEX:
        return is_gil(call->args[0], gil) ? WAITS_GIL : WAITS_LOCK;
    case LOOK_POLL:
        return wait_in_poll(call, fd);
    case LOOK_SELECT:
        return wait_in_select(call, fd);
    case LOOK_FCNTL:
        return locks_file(call->args[1]) ? WAITS_LOCK : WAITS_OTHER;
    }
    return (enum wait_kind)kind.wait;
}

/* Asleep in no call: a page is being fetched from a file. */
static enum wait_kind wait_of(struct str text, const struct gil_range *gil, int *fd)
{
    struct thread_call call;
    if (!threadwait_parse(text, &call))
        return WAITS_OTHER;
    if (call.running)
        return WAITS_CPU;
    return call.number < 0 ? WAITS_DISK : wait_in_call(&call, gil, fd);
}

enum wait_kind threadwait_read(struct threadwait *w, const struct gil_range *gil,
                               int *fd)
{
    char text[TEXT_BYTES];
    *fd = -1;
    ssize_t size = w->file < 0 ? 0 : pread(w->file, text, sizeof text, 0);
    if (size < 0 && !w->unknown && (errno == EPERM || errno == EACCES) && open_stat(w))
        size = pread(w->file, text, sizeof text, 0);
    if (size <= 0)
        return WAITS_OTHER;
    struct str got = {text, (size_t)size};
    return w->unknown ? threadwait_parse_stat(got) : wait_of(got, gil, fd);
}

static void copy_printable(char *name, size_t size, struct str text)
{
    size_t i = 0;
    for (; i < text.len && i + 1 < size; i++)
        name[i] = text.data[i] >= ' ' && text.data[i] <= '~' ? text.data[i] : '?';
    name[i] = '\0';
}

static void name_unix(const struct sockaddr_un *peer, socklen_t len, char *name,
                      size_t size)
{
    size_t path_len = len - offsetof(struct sockaddr_un, sun_path);
    if (len <= offsetof(struct sockaddr_un, sun_path)) {
        copy_printable(name, size, STR("unix socket"));
    } else if (*peer->sun_path) {
        copy_printable(name, size,
                       (struct str){peer->sun_path, strnlen(peer->sun_path, path_len)});
    } else {
        copy_printable(name, size, (struct str){peer->sun_path, path_len});
        if (size > 1)
            *name = '@';
    }
}

static void name_inet(const struct sockaddr_in6 *peer, char *name, size_t size)
{
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)peer;
    const void *address = &v4->sin_addr;
    bool is_v6 = peer->sin6_family == AF_INET6;
    unsigned port = ntohs(is_v6 ? peer->sin6_port : v4->sin_port);
    if (is_v6 && IN6_IS_ADDR_V4MAPPED(&peer->sin6_addr)) {
        is_v6 = false;
        address = &peer->sin6_addr.s6_addr[12];
    }
    inet_ntop(is_v6 ? AF_INET6 : AF_INET,
              is_v6 ? (const void *)&peer->sin6_addr : address, text, sizeof text);
    snprintf(name, size, is_v6 ? "[%s]:%u" : "%s:%u", text, port);
}

bool threadwait_peer(int fd, char *name, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_un local;
        struct sockaddr_in6 inet;
        struct sockaddr_storage all;
    } peer = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t len = sizeof peer;
    if (size)
        *name = '\0';
    if (!size || getpeername(fd, &peer.any, &len) != 0)
        return false;
    len = len < sizeof peer ? len : sizeof peer;
    if (peer.any.sa_family == AF_UNIX)
        name_unix(&peer.local, len, name, size);
    else if (peer.any.sa_family == AF_INET || peer.any.sa_family == AF_INET6)
        name_inet(&peer.inet, name, size);
    return *name != '\0';
}
