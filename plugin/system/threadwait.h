/* threadwait.h -- finds what another thread of this process is doing right now.
 *
 * The sampler's thread calls this at each tick: one read of a file below /proc, no
 * allocation, no GIL. The other thread is neither stopped nor disturbed, so the answer
 * may be out of date when it arrives. One struct belongs to one observed thread.
 *
 * A forked child must close what its parent opened, and not use it. */

#ifndef PROFILER_THREADWAIT_H
#define PROFILER_THREADWAIT_H

#include "ownfd.h"
#include "base/str.h"
#include "gil.h"
#include "wait.h"

#include <stdint.h>
#include <sys/types.h>

/* Why the kernel gives no details of a wait. */
enum threadwait_lack {
    LACKS_NOTHING,
    LACKS_PROC,        /* there is no /proc, or one of another namespace */
    LACKS_FILE,        /* the kernel does not have the file */
    LACKS_DUMPABLE,    /* the process has changed its user */
    LACKS_PERMISSION,  /* forbidden by a sandbox or another policy of the system */
    LACKS_DESCRIPTORS, /* no file can be opened */
};

struct threadwait {
    pid_t tid;
    struct ownfd file;
    enum threadwait_lack lack; /* if not LACKS_NOTHING, only running, disk and other
                                  are known */
};

/* Opens the file for a thread. If the kernel gives no details, .lack says why;
 * sometimes only the first read finds this out. False when nothing can be read: then
 * every read returns WAITS_OTHER. Call threadwait_close in either case. */
bool threadwait_open(struct threadwait *w, pid_t tid);
void threadwait_close(struct threadwait *w);

/* Returns what the thread is doing. *fd is the socket of a network wait for one socket,
 * else -1. It is for threadwait_peer: the other thread may close and reuse the number
 * at any time. gil may be NULL. */
enum wait_kind threadwait_read(struct threadwait *w, const struct gil_range *gil,
                               int *fd);

/* Writes the name of a socket's other end: "10.0.0.5:5432", "[::1]:5432",
 * "/run/db.sock", "@abstract", "unix socket". Printable ASCII, cut to size
 * (PEER_NAME_SIZE is enough). False, with an empty name, when fd is not a connected
 * socket. */
bool threadwait_peer(int fd, char *name, size_t size);

/* Parsers of the kernel's texts. They accept any bytes. */

struct thread_call {
    bool running;
    long number;      /* of the system call; -1: not in one */
    uint64_t args[6]; /* 0 when not in a call */
    uint64_t stack;   /* the thread's stack pointer; 0 when not in a call */
};

/* Parses /proc/.../syscall. False when it is truncated or malformed. */
bool threadwait_parse(struct str text, struct thread_call *call);

/* Parses /proc/.../stat: WAITS_CPU, WAITS_DISK or WAITS_OTHER. The thread's name in it
 * may hold any bytes. */
enum wait_kind threadwait_parse_stat(struct str text);

#endif
