#include "syscalls.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

#define WAITS(name, kind) [SYS_##name] = {LOOK_NO_FURTHER, kind}
#define SOCKET(name, kind) [SYS_##name] = {LOOK_SOCKET, kind}
#define LOOKS(name, argument) [SYS_##name] = {argument, WAITS_OTHER}

#ifdef SYS_socketcall
#include <linux/net.h>

/* The calls of socketcall, by the number in its first argument. */
static const unsigned char socket_waits[] = {
    [SYS_ACCEPT] = WAITS_NETWORK_READ,    [SYS_ACCEPT4] = WAITS_NETWORK_READ,
    [SYS_RECV] = WAITS_NETWORK_READ,      [SYS_RECVFROM] = WAITS_NETWORK_READ,
    [SYS_RECVMSG] = WAITS_NETWORK_READ,   [SYS_RECVMMSG] = WAITS_NETWORK_READ,
    [SYS_CONNECT] = WAITS_NETWORK_WRITE,  [SYS_SEND] = WAITS_NETWORK_WRITE,
    [SYS_SENDTO] = WAITS_NETWORK_WRITE,   [SYS_SENDMSG] = WAITS_NETWORK_WRITE,
    [SYS_SENDMMSG] = WAITS_NETWORK_WRITE,
};
#else
static const unsigned char socket_waits[1];
#endif

/* By number. The #ifdefs are for machines and headers that lack a call: younger
 * architectures do not have the old calls, older headers do not have the new ones. An
 * entry that is not listed is {0, 0}: syscall_kind takes its WAITS_CPU for unknown. */
static const struct syscall_kind kinds[] = {
    /* network */
    SOCKET(recvfrom, WAITS_NETWORK_READ),
    SOCKET(recvmsg, WAITS_NETWORK_READ),
    SOCKET(recvmmsg, WAITS_NETWORK_READ),
    SOCKET(accept4, WAITS_NETWORK_READ),
    SOCKET(sendto, WAITS_NETWORK_WRITE),
    SOCKET(sendmsg, WAITS_NETWORK_WRITE),
    SOCKET(sendmmsg, WAITS_NETWORK_WRITE),
    SOCKET(connect, WAITS_NETWORK_WRITE),
#ifdef SYS_accept
    SOCKET(accept, WAITS_NETWORK_READ),
#endif
#ifdef SYS_recvmmsg_time64
    SOCKET(recvmmsg_time64, WAITS_NETWORK_READ),
#endif

#ifdef SYS_socketcall
    LOOKS(socketcall, LOOK_SOCKETCALL),
#endif

    /* anything that can be read or written */
    LOOKS(read, LOOK_FD_READ),
    LOOKS(readv, LOOK_FD_READ),
    LOOKS(pread64, LOOK_FD_READ),
    LOOKS(preadv, LOOK_FD_READ),
    LOOKS(write, LOOK_FD_WRITE),
    LOOKS(writev, LOOK_FD_WRITE),
    LOOKS(pwrite64, LOOK_FD_WRITE),
    LOOKS(pwritev, LOOK_FD_WRITE),
    LOOKS(sendfile, LOOK_FD_WRITE),
#ifdef SYS_sendfile64
    LOOKS(sendfile64, LOOK_FD_WRITE),
#endif
#ifdef SYS_preadv2
    LOOKS(preadv2, LOOK_FD_READ),
    LOOKS(pwritev2, LOOK_FD_WRITE),
#endif

    /* one of several descriptors */
    LOOKS(epoll_pwait, LOOK_EPOLL),
#ifdef SYS_epoll_wait
    LOOKS(epoll_wait, LOOK_EPOLL),
#endif
#ifdef SYS_epoll_pwait2
    LOOKS(epoll_pwait2, LOOK_EPOLL_TIMESPEC),
#endif
    LOOKS(ppoll, LOOK_PPOLL),
#ifdef SYS_ppoll_time64
    LOOKS(ppoll_time64, LOOK_PPOLL),
#endif
#ifdef SYS_poll
    LOOKS(poll, LOOK_POLL),
#endif
    LOOKS(pselect6, LOOK_SELECT),
#ifdef SYS_pselect6_time64
    LOOKS(pselect6_time64, LOOK_SELECT),
#endif
#ifdef SYS__newselect
    LOOKS(_newselect, LOOK_SELECT), /* where SYS_select is an older call */
#elif defined SYS_select
    LOOKS(select, LOOK_SELECT),
#endif

    /* sleep */
    WAITS(nanosleep, WAITS_SLEEP),
    WAITS(clock_nanosleep, WAITS_SLEEP),
#ifdef SYS_clock_nanosleep_time64
    WAITS(clock_nanosleep_time64, WAITS_SLEEP),
#endif
#ifdef SYS_pause
    WAITS(pause, WAITS_SLEEP),
#endif

    /* locks */
    LOOKS(futex, LOOK_FUTEX),
#ifdef SYS_futex_time64
    LOOKS(futex_time64, LOOK_FUTEX),
#endif
#ifdef SYS_futex_waitv
    WAITS(futex_waitv, WAITS_LOCK), /* on several; Python's GIL never uses it */
#endif
#ifdef SYS_futex_wait
    LOOKS(futex_wait, LOOK_FUTEX),
#endif
    WAITS(flock, WAITS_LOCK),
    LOOKS(fcntl, LOOK_FCNTL),
#ifdef SYS_fcntl64
    LOOKS(fcntl64, LOOK_FCNTL),
#endif
#ifdef SYS_semop
    WAITS(semop, WAITS_LOCK),
#endif
#ifdef SYS_semtimedop
    WAITS(semtimedop, WAITS_LOCK),
#endif
#ifdef SYS_semtimedop_time64
    WAITS(semtimedop_time64, WAITS_LOCK),
#endif
#ifdef SYS_ipc
    LOOKS(ipc, LOOK_IPC),
#endif

    /* child processes; vfork and its like sleep until the child's exec */
    WAITS(wait4, WAITS_CHILD),
    WAITS(waitid, WAITS_CHILD),
    WAITS(clone, WAITS_CHILD),
#ifdef SYS_clone3
    WAITS(clone3, WAITS_CHILD),
#endif
#ifdef SYS_vfork
    WAITS(vfork, WAITS_CHILD),
#endif

#ifdef SYS_waitpid
    WAITS(waitpid, WAITS_CHILD),
#endif

    /* files and their names */
    WAITS(fsync, WAITS_DISK),
    WAITS(fdatasync, WAITS_DISK),
    WAITS(sync, WAITS_DISK),
    WAITS(syncfs, WAITS_DISK),
    WAITS(msync, WAITS_DISK),
    WAITS(fallocate, WAITS_DISK),
    WAITS(truncate, WAITS_DISK),
    WAITS(ftruncate, WAITS_DISK),
    WAITS(readahead, WAITS_DISK),
    WAITS(io_getevents, WAITS_DISK),
    WAITS(openat, WAITS_DISK),
    WAITS(faccessat, WAITS_DISK),
    WAITS(fchmod, WAITS_DISK),
    WAITS(fchmodat, WAITS_DISK),
    WAITS(fchown, WAITS_DISK),
    WAITS(fchownat, WAITS_DISK),
    WAITS(getdents64, WAITS_DISK),
    WAITS(linkat, WAITS_DISK),
    WAITS(mkdirat, WAITS_DISK),
    WAITS(readlinkat, WAITS_DISK),
    WAITS(symlinkat, WAITS_DISK),
    WAITS(unlinkat, WAITS_DISK),
    WAITS(statfs, WAITS_DISK),
    WAITS(fstatfs, WAITS_DISK),
    WAITS(utimensat, WAITS_DISK),
#ifdef SYS_sync_file_range
    WAITS(sync_file_range, WAITS_DISK),
#endif
#ifdef SYS_copy_file_range
    WAITS(copy_file_range, WAITS_DISK),
#endif
#ifdef SYS_openat2
    WAITS(openat2, WAITS_DISK),
#endif
#ifdef SYS_faccessat2
    WAITS(faccessat2, WAITS_DISK),
#endif
#ifdef SYS_statx
    WAITS(statx, WAITS_DISK),
#endif
#ifdef SYS_fstat
    WAITS(fstat, WAITS_DISK),
#endif
#ifdef SYS_newfstatat
    WAITS(newfstatat, WAITS_DISK),
#endif
#ifdef SYS_stat64 /* and the other calls of 32-bit systems for large files */
    WAITS(stat64, WAITS_DISK),
    WAITS(lstat64, WAITS_DISK),
    WAITS(fstat64, WAITS_DISK),
    WAITS(fstatat64, WAITS_DISK),
    WAITS(statfs64, WAITS_DISK),
    WAITS(fstatfs64, WAITS_DISK),
    WAITS(truncate64, WAITS_DISK),
    WAITS(ftruncate64, WAITS_DISK),
#endif
#ifdef SYS_chown32
    WAITS(chown32, WAITS_DISK),
    WAITS(fchown32, WAITS_DISK),
#endif
#ifdef SYS_utimensat_time64
    WAITS(utimensat_time64, WAITS_DISK),
#endif
#ifdef SYS_renameat
    WAITS(renameat, WAITS_DISK),
#endif
#ifdef SYS_renameat2
    WAITS(renameat2, WAITS_DISK),
#endif
#ifdef SYS_getdents
    WAITS(getdents, WAITS_DISK),
#endif
#ifdef SYS_open /* and the other old calls of this kind */
    WAITS(open, WAITS_DISK),
    WAITS(creat, WAITS_DISK),
    WAITS(stat, WAITS_DISK),
    WAITS(lstat, WAITS_DISK),
    WAITS(access, WAITS_DISK),
    WAITS(chmod, WAITS_DISK),
    WAITS(chown, WAITS_DISK),
    WAITS(link, WAITS_DISK),
    WAITS(mkdir, WAITS_DISK),
    WAITS(readlink, WAITS_DISK),
    WAITS(rename, WAITS_DISK),
    WAITS(rmdir, WAITS_DISK),
    WAITS(symlink, WAITS_DISK),
    WAITS(unlink, WAITS_DISK),
#endif
};

struct syscall_kind syscall_kind(long number)
{
    static const struct syscall_kind unknown = {LOOK_NO_FURTHER, WAITS_OTHER};
    if (number < 0 || (size_t)number >= sizeof kinds / sizeof *kinds)
        return unknown;
    return kinds[number].wait == WAITS_CPU ? unknown : kinds[number];
}

enum wait_kind syscall_socketcall(uint64_t call)
{
    bool known = call < sizeof socket_waits && socket_waits[call] != WAITS_CPU;
    return known ? (enum wait_kind)socket_waits[call] : WAITS_OTHER;
}

enum wait_kind syscall_ipc(uint64_t call)
{
    enum { SEMOP = 1, SEMTIMEDOP = 4 }; /* linux/ipc.h; the upper half is a version */
    call &= 0xffff;
    return call == SEMOP || call == SEMTIMEDOP ? WAITS_LOCK : WAITS_OTHER;
}
