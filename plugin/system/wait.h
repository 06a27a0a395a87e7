/* wait.h -- what a thread does at a moment: it runs, or waits for something.
 *
 * (WAIT_LOCK alone is a macro of Python's headers.) */

#ifndef PROFILER_WAIT_H
#define PROFILER_WAIT_H

/* The numbers are those of the json report. */
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
    WAITS_LOOP,         /* its event loop, for somebody in this process */
    WAITS_CPU_WAIT,     /* it could run: all processors that it may use are busy */
    WAIT_KINDS,
};

/* "network read"; static. */
const char *wait_name(enum wait_kind kind);

#endif
