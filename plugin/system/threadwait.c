#include "threadwait.h"

#include "base/digits.h"
#include "copy.h"
#include "descriptor.h"
#include "syscalls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Holds the nine numbers of syscall (18 digits each), or stat up to the state. */
#define TEXT_BYTES 256

#define PATH_BYTES 64

static void make_path(char path[PATH_BYTES], pid_t tid, const char *name)
{
    snprintf(path, PATH_BYTES, "/proc/self/task/%ld/%s", (long)tid, name);
}

static int open_file(pid_t tid, const char *name)
{
    char path[PATH_BYTES];
    make_path(path, tid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Why the kernel's file could not be opened or read. A process that has changed its
 * user is not dumpable: its files below /proc belong to root. */
static enum threadwait_lack lack_of(pid_t tid, int error)
{
    char path[PATH_BYTES];
    if (error == EMFILE || error == ENFILE)
        return LACKS_DESCRIPTORS;
    if (error == EPERM || error == EACCES)
        return prctl(PR_GET_DUMPABLE) == 1 ? LACKS_PERMISSION : LACKS_DUMPABLE;
    make_path(path, tid, "stat");
    return access(path, F_OK) == 0 ? LACKS_FILE : LACKS_PROC;
}

static bool open_stat(struct threadwait *w, int error)
{
    threadwait_close(w);
    w->lack = lack_of(w->tid, error);
    w->file = ownfd_take(open_file(w->tid, "stat"));
    return w->file.number >= 0;
}

bool threadwait_open(struct threadwait *w, pid_t tid)
{
    *w = (struct threadwait){.tid = tid, .file = ownfd_take(open_file(tid, "syscall"))};
    return w->file.number >= 0 || open_stat(w, errno);
}

void threadwait_close(struct threadwait *w)
{
    ownfd_close(&w->file);
}

/* Takes " 0x7f12" off the front of *text. */
static bool take_hex(struct str *text, uint64_t *value)
{
    if (!str_starts(*text, STR(" 0x")))
        return false;
    text->data += 3;
    text->len -= 3;
    return digits_take(text, 16, UINT64_MAX, value) == DIGITS_OK;
}

#define NUMBER_MOST 999999999

/* Takes "202" off the front of *text. The number of a call is small. */
static bool take_number(struct str *text, long *number)
{
    uint64_t value;
    bool ok = digits_take(text, 10, NUMBER_MOST, &value) == DIGITS_OK;
    *number = ok ? (long)value : 0;
    return ok;
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
    /* The instruction pointer follows. Without it, the number before may be cut. */
    return take_hex(&text, &call->stack) && text.len && *text.data == ' ';
}

enum wait_kind threadwait_parse_stat(struct str text)
{
    const char *end = text.len ? memrchr(text.data, ')', text.len) : NULL;
    if (!end || text.data + text.len - end < 3)
        return WAITS_OTHER;
    return end[2] == 'R' ? WAITS_CPU : end[2] == 'D' ? WAITS_DISK : WAITS_OTHER;
}

static enum wait_kind wait_on(int descriptor, bool writes, int *fd)
{
    switch (descriptor_kind(descriptor)) {
    case DESCRIPTOR_SOCKET:
    case DESCRIPTOR_PAIR:
        *fd = descriptor;
        return writes ? WAITS_NETWORK_WRITE : WAITS_NETWORK_READ;
    case DESCRIPTOR_FILE:
        return WAITS_DISK;
    case DESCRIPTOR_PIPE:
    case DESCRIPTOR_CHILD:
        return WAITS_CHILD;
    case DESCRIPTOR_TIMER:
        return WAITS_SLEEP;
    case DESCRIPTOR_OWN:
    case DESCRIPTOR_OTHER:
        break;
    }
    return WAITS_OTHER;
}

static enum wait_kind wait_in_poll(const struct thread_call *call, bool timed, int *fd)
{
    struct pollfd polled[WATCHED_MAX];
    struct watch w = {.timed = timed};
    size_t count = call->args[1] < WATCHED_MAX ? (size_t)call->args[1] : WATCHED_MAX;
    if (count && !copy_memory(call->args[0], polled, count * sizeof *polled))
        return WAITS_OTHER;
    for (size_t i = 0; i < count; i++)
        watch_add(&w, polled[i].fd, polled[i].events & (POLLIN | POLLPRI),
                  polled[i].events & POLLOUT);
    return count && !w.count ? WAITS_OTHER : watch_kind(&w, fd);
}

/* Copies the set at address; an empty set if address is 0. Only the bits below limit
 * certainly are the caller's memory, in whole words. */
static bool copy_set(uint64_t address, int limit, fd_set *set)
{
    size_t word_bits = 8 * sizeof(long);
    size_t size = ((size_t)limit + word_bits - 1) / word_bits * sizeof(long);
    FD_ZERO(set);
    return !address || copy_memory(address, set, size);
}

static enum wait_kind wait_in_select(const struct thread_call *call, int *fd)
{
    struct watch w = {.timed = call->args[4] != 0};
    int limit = (int)call->args[0];
    fd_set reads, writes;
    if (limit < 0 || limit > FD_SETSIZE || !copy_set(call->args[1], limit, &reads) ||
        !copy_set(call->args[2], limit, &writes))
        return WAITS_OTHER;
    for (int i = 0; i < limit; i++)
        watch_add(&w, i, FD_ISSET(i, &reads), FD_ISSET(i, &writes));
    return limit && !w.count ? WAITS_OTHER : watch_kind(&w, fd);
}

static enum wait_kind wait_in_epoll(const struct thread_call *call, bool timed, int *fd)
{
    struct watch w = {.timed = timed};
    return watch_epoll(&w, (int)call->args[0]) ? watch_kind(&w, fd) : WAITS_LOOP;
}

static bool locks_file(uint64_t command)
{
    return command == F_SETLKW || command == F_OFD_SETLKW;
}

/* The arguments are in memory, as the words that the call has. */
static enum wait_kind wait_in_socketcall(const struct thread_call *call, int *fd)
{
    unsigned long socket;
    enum wait_kind kind = syscall_socketcall(call->args[0]);
    if (kind != WAITS_OTHER && copy_memory(call->args[1], &socket, sizeof socket))
        *fd = (int)socket;
    return kind;
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
        return gil_is_awaited(gil, call->args[0], call->stack) ? WAITS_GIL : WAITS_LOCK;
    case LOOK_POLL:
        return wait_in_poll(call, (int)call->args[2] >= 0, fd);
    case LOOK_PPOLL:
        return wait_in_poll(call, call->args[2] != 0, fd);
    case LOOK_EPOLL:
        return wait_in_epoll(call, (int)call->args[3] >= 0, fd);
    case LOOK_EPOLL_TIMESPEC:
        return wait_in_epoll(call, call->args[3] != 0, fd);
    case LOOK_SELECT:
        return wait_in_select(call, fd);
    case LOOK_SOCKETCALL:
        return wait_in_socketcall(call, fd);
    case LOOK_IPC:
        return syscall_ipc(call->args[0]);
    case LOOK_FCNTL:
        return locks_file(call->args[1]) ? WAITS_LOCK : WAITS_OTHER;
    }
    return (enum wait_kind)kind.wait;
}

/* A thread asleep outside any call waits for a page of a file. */
static enum wait_kind wait_of(struct str text, const struct gil_range *gil, int *fd)
{
    struct thread_call call;
    if (!threadwait_parse(text, &call))
        return WAITS_OTHER;
    if (call.running)
        return WAITS_CPU;
    return call.number < 0 ? WAITS_DISK : wait_in_call(&call, gil, fd);
}

/* Opens the file again if the application has closed it. */
static bool is_open(struct threadwait *w)
{
    if (w->file.number < 0 || ownfd_is_there(&w->file))
        return w->file.number >= 0;
    if (!w->lack)
        return threadwait_open(w, w->tid);
    w->file = ownfd_take(open_file(w->tid, "stat"));
    return w->file.number >= 0;
}

enum wait_kind threadwait_read(struct threadwait *w, const struct gil_range *gil,
                               int *fd)
{
    char text[TEXT_BYTES];
    *fd = -1;
    ssize_t size = is_open(w) ? pread(w->file.number, text, sizeof text, 0) : 0;
    if (size < 0 && !w->lack && (errno == EPERM || errno == EACCES) &&
        open_stat(w, errno))
        size = pread(w->file.number, text, sizeof text, 0);
    if (size <= 0)
        return WAITS_OTHER;
    struct str got = {text, (size_t)size};
    return w->lack ? threadwait_parse_stat(got) : wait_of(got, gil, fd);
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
