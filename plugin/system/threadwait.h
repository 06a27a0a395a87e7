/* threadwait.h -- what another thread of this process does right now.
 *
 * Asked by a sampler thread, once at each tick: one read of a file below /proc, no
 * allocation, no GIL. The other thread is not stopped or disturbed, so the answer may
 * be a moment old when it is given. One struct belongs to one thread.
 *
 * A forked child must not use what its parent opened, but close it. */

#ifndef PROFILER_THREADWAIT_H
#define PROFILER_THREADWAIT_H

#include "ownfd.h"
#include "base/str.h"
#include "wait.h"

#include <stdint.h>
#include <sys/types.h>

/* A futex within [start, end) is the GIL's. */
struct gil_range {
    uintptr_t start, end;
};

/* Why the kernel does not say what a thread waits for. */
enum threadwait_lack {
    LACKS_NOTHING,
    LACKS_PROC,        /* there is no /proc, or one of another namespace */
    LACKS_FILE,        /* the kernel has no such file */
    LACKS_DUMPABLE,    /* the process has changed its user */
    LACKS_PERMISSION,  /* a sandbox, or another policy of the system */
    LACKS_DESCRIPTORS, /* no file can be opened */
};

struct threadwait {
    pid_t tid;
    struct ownfd file;
    enum threadwait_lack lack; /* if any, it says no more than: runs, disk, other */
};

/* Where the kernel withholds the details, .lack says why, from here on or from the
 * first read. False when nothing at all can be learned: then every read gives
 * WAITS_OTHER. threadwait_close is allowed either way. */
bool threadwait_open(struct threadwait *w, pid_t tid);
void threadwait_close(struct threadwait *w);

/* *fd is the socket of a network wait, where it is for one socket: a number that the
 * other thread may close and reuse at any time, for threadwait_peer. Else -1. gil may
 * be NULL. */
enum wait_kind threadwait_read(struct threadwait *w, const struct gil_range *gil,
                               int *fd);

/* Who is at the other end of a socket: "10.0.0.5:5432", "[::1]:5432", "/run/db.sock",
 * "@abstract", "unix socket"; printable ASCII, cut to size (PEER_NAME_SIZE is enough).
 * False, and name empty, when it is no socket or not connected. */
bool threadwait_peer(int fd, char *name, size_t size);

/* The kernel's texts; any bytes are allowed. */

struct thread_call {
    bool running;
    long number;      /* of the system call; -1: it sleeps in none */
    uint64_t args[6]; /* 0 when in none */
};

/* /proc/.../syscall. False when it is cut or strange. */
bool threadwait_parse(struct str text, struct thread_call *call);

/* /proc/.../stat: WAITS_CPU, WAITS_DISK or WAITS_OTHER. The name in it is any bytes. */
enum wait_kind threadwait_parse_stat(struct str text);

#endif
