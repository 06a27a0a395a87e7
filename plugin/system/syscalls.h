/* syscalls.h -- what a thread that sleeps in a system call waits for, as far as the
 * call's number tells. */

#ifndef PROFILER_SYSCALLS_H
#define PROFILER_SYSCALLS_H

#include "wait.h"

enum syscall_look {
    LOOK_NO_FURTHER, /* .wait says it */
    LOOK_SOCKET,     /* .wait says it; the first argument is the socket */
    LOOK_FD_READ,    /* what is the descriptor in the first argument? */
    LOOK_FD_WRITE,
    LOOK_FUTEX, /* is the address in the first argument the GIL's? */
    LOOK_POLL,  /* which descriptors, and for how long? */
    LOOK_PPOLL, /* the same, with a pointer to the time; likewise the next but one */
    LOOK_EPOLL,
    LOOK_EPOLL_TIMESPEC,
    LOOK_SELECT,
    LOOK_FCNTL, /* does the second argument lock a file? */
};

struct syscall_kind {
    unsigned char look; /* enum syscall_look: which argument tells the rest */
    unsigned char wait; /* enum wait_kind */
};

/* WAITS_OTHER for all that is not known. */
struct syscall_kind syscall_kind(long number);

#endif
