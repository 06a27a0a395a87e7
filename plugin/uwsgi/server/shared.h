/* shared.h -- what all processes of the server share: how often what happened,
 * what the master has to say to a worker, and how many profiles this minute has room
 * for.
 *
 * One anonymous shared mapping, made before the first fork and never unmapped. After a
 * reload that re-executes the server it starts anew, at zero. Without memory for it the
 * counters are the process's own. All functions: any thread, no lock, no GIL. */

#ifndef PROFILER_SHARED_H
#define PROFILER_SHARED_H

#include "base/rate.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order of the metrics' names in shared.c. Of the profiles that were started,
 * each is counted once more, at its end: kept, discarded, or as a write error. */
enum counter {
    COUNT_STARTED,   /* profiles */
    COUNT_KEPT,      /* all that was asked for is in the log and in files */
    COUNT_DISCARDED, /* wanted by nobody (profiler-keep), or lost with their worker */
    COUNT_DENIED,    /* flags of those who are not obeyed */
    COUNT_LIMITED,   /* requests that were not profiled, at one of the limits */
    COUNT_TRUNCATED, /* profiles that are not whole */
    COUNT_WRITE_ERRORS, /* profiles of which a report, or all, could not be written */
    COUNT_SAMPLES,
    COUNT_SAMPLES_LOST,
    COUNT_REPORT_US, /* time that reports took, in microseconds */
    COUNTER_COUNT,
};

/* Once, before the server forks; workers count from 1. False when there is no memory to
 * share. */
bool shared_create(int workers);

/* A worker asks nothing and is asked one thing: to report what it is profiling before
 * it is killed. Each is a futex. */
struct last_call {
    uint32_t pid; /* of the worker, while it has a thread that waits; else another */
    uint32_t why; /* enum notice_code; set before asked */
    uint32_t asked, answered; /* counted; equal: there is nothing to do */
    uint32_t cursed;          /* the master's: the pid that was asked at its end */
};

/* NULL where there is no such worker. */
struct last_call *shared_last_call(int worker);

/* This process is that worker from now on. What was under way in the one before it, and
 * has died with it, is counted as discarded. */
void shared_enter_worker(int worker, int32_t pid);

/* Profiles that this worker has started and that have not ended. */
unsigned shared_under_way(void);

/* A process that the app has forked: what it starts, ends and holds is not the
 * worker's. */
void shared_leave_worker(void);

/* The profiles that this worker holds and has not written yet. Nothing in a process
 * that is no worker. */
void shared_set_waiting(unsigned profiles);

/* The profiles that the process before held when it died, and that nobody has told of;
 * *pid is that process. For the master (its worker now has pid current, 0: none), and
 * for a worker before it enters. Each is given once. */
unsigned shared_take_lost(int worker, int32_t current, int32_t *pid);

void counter_add(enum counter counter, uint64_t amount);
uint64_t counter_value(enum counter counter);

/* Lines that all processes together write at most once a minute (hints.c). */
enum hint {
    HINT_ALMOST,         /* what is almost a flag was left to the app */
    HINT_MAX_ACTIVE,     /* a request was not profiled, at this limit */
    HINT_MAX_PER_MINUTE, /* likewise */
    HINT_COUNT,
};

struct rate_log *shared_hint(enum hint hint);

/* Flags that were ignored: of each reason one. A reason is known by its place, which
 * lives as long as the server. More than SHARED_REASONS_MOST share the last. */
#define SHARED_REASONS_MOST 48

struct rate_log *shared_reason(const char *why);

/* Takes one of the profiles that a minute has room for, over all processes. False when
 * there is none left. */
bool shared_take_of_minute(uint32_t most);

/* Where it lies, for who reads it as long as the server lives. */
const uint64_t *counter_place(enum counter counter);

/* "profiler.started" */
const char *counter_name(enum counter counter);

#endif
