/* wait.h -- what a thread does at a moment: it runs, or waits for something. */

#ifndef PROFILER_WAIT_H
#define PROFILER_WAIT_H

/* The numbers are those of the json report. */
enum wait_kind {
    WAIT_CPU, /* it runs */
    WAIT_GIL,
    WAIT_SLEEP,
    WAIT_NETWORK_READ,
    WAIT_NETWORK_WRITE,
    WAIT_DISK,
    WAIT_LOCK,
    WAIT_CHILD, /* a process, or a pipe to one */
    WAIT_OTHER,
    WAIT_SWITCHED_OUT, /* its thread serves another greenlet or coroutine */
    WAIT_KINDS,
};

/* "network read"; static. */
const char *wait_name(enum wait_kind kind);

#endif
