/* wait.h -- the kinds of wait: a thread runs, or waits for something.
 *
 * The constants start with WAITS_, since WAIT_LOCK is a macro of Python's headers. */

#ifndef PROFILER_WAIT_H
#define PROFILER_WAIT_H

/* The json report uses these numbers. */
enum wait_kind {
    WAITS_CPU, /* it runs */
    WAITS_GIL,
    WAITS_SLEEP,
    WAITS_NETWORK_READ,
    WAITS_NETWORK_WRITE,
    WAITS_DISK,
    WAITS_LOCK,
    WAITS_CHILD, /* a process, or a pipe to one */
    WAITS_OTHER,
    WAITS_SWITCHED_OUT, /* its thread serves another greenlet or coroutine */
    WAITS_LOOP,         /* an event loop that somebody in this process must wake */
    WAITS_CPU_WAIT,     /* ready to run, but all processors that it may use are busy */
    WAIT_KINDS,
};

/* Returns "network read" and the like; static. */
const char *wait_name(enum wait_kind kind);

#endif
