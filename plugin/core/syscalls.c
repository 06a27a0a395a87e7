#include "syscalls.h"

#include <stddef.h>
#include <sys/syscall.h>

#define WAITS(name, kind) [SYS_##name] = {LOOK_NO_FURTHER, kind}
#define SOCKET(name, kind) [SYS_##name] = {LOOK_SOCKET, kind}
#define LOOKS(name, argument) [SYS_##name] = {argument, WAIT_OTHER}

/* By number. The conditions are for machines and headers that lack a call: those with
 * younger kernels have none of the old calls, older headers none of the new ones. What
 * is left out is {0, 0}, which is no kind of these: WAIT_CPU. */
static const struct syscall_kind kinds[] = {
    /* network */
    SOCKET(recvfrom, WAIT_NETWORK_READ),
    SOCKET(recvmsg, WAIT_NETWORK_READ),
    SOCKET(recvmmsg, WAIT_NETWORK_READ),
    SOCKET(accept4, WAIT_NETWORK_READ),
    SOCKET(sendto, WAIT_NETWORK_WRITE),
    SOCKET(sendmsg, WAIT_NETWORK_WRITE),
    SOCKET(sendmmsg, WAIT_NETWORK_WRITE),
    SOCKET(connect, WAIT_NETWORK_WRITE),
#ifdef SYS_accept
    SOCKET(accept, WAIT_NETWORK_READ),
#endif
#ifdef SYS_recvmmsg_time64
    SOCKET(recvmmsg_time64, WAIT_NETWORK_READ),
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

    /* any of several */
    WAITS(epoll_pwait, WAIT_NETWORK_READ), /* an event loop */
#ifdef SYS_epoll_wait
    WAITS(epoll_wait, WAIT_NETWORK_READ),
#endif
#ifdef SYS_epoll_pwait2
    WAITS(epoll_pwait2, WAIT_NETWORK_READ),
#endif
    LOOKS(ppoll, LOOK_POLL),
#ifdef SYS_ppoll_time64
    LOOKS(ppoll_time64, LOOK_POLL),
#endif
#ifdef SYS_poll
    LOOKS(poll, LOOK_POLL),
#endif
    LOOKS(pselect6, LOOK_SELECT),
#ifdef SYS_pselect6_time64
    LOOKS(pselect6_time64, LOOK_SELECT),
#endif
#ifdef SYS__newselect
    LOOKS(_newselect, LOOK_SELECT), /* where SYS_select is another, older one */
#elif defined SYS_select
    LOOKS(select, LOOK_SELECT),
#endif

    /* sleep */
    WAITS(nanosleep, WAIT_SLEEP),
    WAITS(clock_nanosleep, WAIT_SLEEP),
#ifdef SYS_clock_nanosleep_time64
    WAITS(clock_nanosleep_time64, WAIT_SLEEP),
#endif
#ifdef SYS_pause
    WAITS(pause, WAIT_SLEEP),
#endif

    /* locks */
    LOOKS(futex, LOOK_FUTEX),
#ifdef SYS_futex_time64
    LOOKS(futex_time64, LOOK_FUTEX),
#endif
#ifdef SYS_futex_waitv
    WAITS(futex_waitv, WAIT_LOCK), /* of several, none of which Python's GIL uses */
#endif
#ifdef SYS_futex_wait
    LOOKS(futex_wait, LOOK_FUTEX),
#endif
    WAITS(flock, WAIT_LOCK),
    LOOKS(fcntl, LOOK_FCNTL),
#ifdef SYS_fcntl64
    LOOKS(fcntl64, LOOK_FCNTL),
#endif
#ifdef SYS_semop
    WAITS(semop, WAIT_LOCK),
#endif
#ifdef SYS_semtimedop
    WAITS(semtimedop, WAIT_LOCK),
#endif

    /* child processes; vfork and its like sleep until the child's exec */
    WAITS(wait4, WAIT_CHILD),
    WAITS(waitid, WAIT_CHILD),
    WAITS(clone, WAIT_CHILD),
#ifdef SYS_clone3
    WAITS(clone3, WAIT_CHILD),
#endif
#ifdef SYS_vfork
    WAITS(vfork, WAIT_CHILD),
#endif

    /* files and their names */
    WAITS(fsync, WAIT_DISK),
    WAITS(fdatasync, WAIT_DISK),
    WAITS(sync, WAIT_DISK),
    WAITS(syncfs, WAIT_DISK),
    WAITS(msync, WAIT_DISK),
    WAITS(fallocate, WAIT_DISK),
    WAITS(truncate, WAIT_DISK),
    WAITS(ftruncate, WAIT_DISK),
    WAITS(readahead, WAIT_DISK),
    WAITS(io_getevents, WAIT_DISK),
    WAITS(openat, WAIT_DISK),
    WAITS(faccessat, WAIT_DISK),
    WAITS(fchmod, WAIT_DISK),
    WAITS(fchmodat, WAIT_DISK),
    WAITS(fchown, WAIT_DISK),
    WAITS(fchownat, WAIT_DISK),
    WAITS(getdents64, WAIT_DISK),
    WAITS(linkat, WAIT_DISK),
    WAITS(mkdirat, WAIT_DISK),
    WAITS(readlinkat, WAIT_DISK),
    WAITS(symlinkat, WAIT_DISK),
    WAITS(unlinkat, WAIT_DISK),
    WAITS(statfs, WAIT_DISK),
    WAITS(fstatfs, WAIT_DISK),
    WAITS(utimensat, WAIT_DISK),
#ifdef SYS_sync_file_range
    WAITS(sync_file_range, WAIT_DISK),
#endif
#ifdef SYS_copy_file_range
    WAITS(copy_file_range, WAIT_DISK),
#endif
#ifdef SYS_openat2
    WAITS(openat2, WAIT_DISK),
#endif
#ifdef SYS_faccessat2
    WAITS(faccessat2, WAIT_DISK),
#endif
#ifdef SYS_statx
    WAITS(statx, WAIT_DISK),
#endif
#ifdef SYS_fstat
    WAITS(fstat, WAIT_DISK),
#endif
#ifdef SYS_newfstatat
    WAITS(newfstatat, WAIT_DISK),
#endif
#ifdef SYS_fstatat64
    WAITS(fstatat64, WAIT_DISK),
#endif
#ifdef SYS_renameat
    WAITS(renameat, WAIT_DISK),
#endif
#ifdef SYS_renameat2
    WAITS(renameat2, WAIT_DISK),
#endif
#ifdef SYS_getdents
    WAITS(getdents, WAIT_DISK),
#endif
#ifdef SYS_open /* and all its old kind */
    WAITS(open, WAIT_DISK),
    WAITS(creat, WAIT_DISK),
    WAITS(stat, WAIT_DISK),
    WAITS(lstat, WAIT_DISK),
    WAITS(access, WAIT_DISK),
    WAITS(chmod, WAIT_DISK),
    WAITS(chown, WAIT_DISK),
    WAITS(link, WAIT_DISK),
    WAITS(mkdir, WAIT_DISK),
    WAITS(readlink, WAIT_DISK),
    WAITS(rename, WAIT_DISK),
    WAITS(rmdir, WAIT_DISK),
    WAITS(symlink, WAIT_DISK),
    WAITS(unlink, WAIT_DISK),
#endif
};

struct syscall_kind syscall_kind(long number)
{
    static const struct syscall_kind unknown = {LOOK_NO_FURTHER, WAIT_OTHER};
    if (number < 0 || (size_t)number >= sizeof kinds / sizeof *kinds)
        return unknown;
    return kinds[number].wait == WAIT_CPU ? unknown : kinds[number];
}
