/* syscalls.h -- maps a system call's number to what a thread asleep in it waits for. */

#ifndef PROFILER_SYSCALLS_H
#define PROFILER_SYSCALLS_H

#include "wait.h"

#include <stdint.h>

enum syscall_look {
    LOOK_NO_FURTHER, /* .wait is the answer */
    LOOK_SOCKET,     /* .wait is the answer; the first argument is the socket */
    LOOK_FD_READ,    /* depends on the descriptor in the first argument */
    LOOK_FD_WRITE,
    LOOK_FUTEX, /* the GIL or a lock: depends on the address in the first argument */
    LOOK_POLL,  /* depends on the descriptors and the timeout */
    LOOK_PPOLL, /* LOOK_POLL with a pointer to the timeout */
    LOOK_EPOLL,
    LOOK_EPOLL_TIMESPEC, /* LOOK_EPOLL with a pointer to the timeout */
    LOOK_SELECT,
    LOOK_SOCKETCALL, /* syscall_socketcall(first argument); the second is the address
                        of the call's own arguments, of which the first is the socket */
    LOOK_IPC,        /* syscall_ipc(first argument) */
    LOOK_FCNTL,      /* depends on whether the second argument locks a file */
};

struct syscall_kind {
    unsigned char look; /* enum syscall_look: which arguments decide */
    unsigned char wait; /* enum wait_kind */
};

/* Returns WAITS_OTHER for unknown calls. */
struct syscall_kind syscall_kind(long number);

/* 32-bit systems have one system call for all calls on sockets, and one for semaphores
 * and their like. */
enum wait_kind syscall_socketcall(uint64_t call);
enum wait_kind syscall_ipc(uint64_t call);

#endif
