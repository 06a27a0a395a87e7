/* shared.h -- memory shared by all processes of the server: counters, requests of the
 * master to a worker, and limits per minute.
 *
 * One anonymous shared mapping, created before the first fork and never unmapped. A
 * reload that re-executes the server starts a new one, with all values zero. Without
 * memory for it, each process has its own counters. All functions: any thread, no lock,
 * no GIL. */

#ifndef PROFILER_SHARED_H
#define PROFILER_SHARED_H

#include "base/rate.h"

#include <stdbool.h>
#include <stdint.h>

/* In the order of the metrics' names in shared.c. Each started profile is counted again
 * at its end, as one of: kept, discarded, write error. */
enum counter {
    COUNT_STARTED,   /* profiles */
    COUNT_KEPT,      /* profiles with all their reports for log and files, if any */
    COUNT_DISCARDED, /* profiles dropped by profiler-keep, or lost with their worker */
    COUNT_DENIED,    /* flags of clients that may not profile */
    COUNT_LIMITED,   /* requests not profiled because of a limit */
    COUNT_TRUNCATED, /* incomplete profiles */
    COUNT_WRITE_ERRORS, /* profiles with a report that could not be written */
    COUNT_SAMPLES,
    COUNT_SAMPLES_LOST,
    COUNT_REPORT_US, /* time spent on writing reports, in microseconds */
    COUNTER_COUNT,
};

/* Creates the shared memory. Call it once, before the server forks; workers count from
 * 1. False when out of memory. */
bool shared_create(int workers);

/* How a worker is asked, before it is killed, to report what it is profiling. .asked
 * and .answered are futexes. */
struct last_call {
    uint32_t pid;             /* the worker's, once a thread of it waits for .asked */
    uint32_t why;             /* enum notice_code; set before asked */
    uint32_t asked, answered; /* counters; equal: nothing to do */
    uint32_t cursed;          /* the master's: the last pid that harakiri_cycle asked */
};

/* Returns NULL for an unknown worker number. */
struct last_call *shared_last_call(int worker);

/* Makes this process that worker. Profiles that were running in its predecessor, and
 * died with it, are counted as discarded. */
void shared_enter_worker(int worker, int32_t pid);

/* Returns the number of profiles that this worker has started and not ended. */
unsigned shared_under_way(void);

/* For a child that the app forked: its profiles do not count as the worker's. */
void shared_leave_worker(void);

/* Sets the number of profiles that wait to be written in this worker. Does nothing in
 * other processes. */
void shared_set_waiting(unsigned profiles);

/* Returns how many waiting profiles died with a worker's previous process; *pid is that
 * process. Each loss is returned only once. For the master (current: the
 * worker's present pid, or 0), and for a new worker before shared_enter_worker. */
unsigned shared_take_lost(int worker, int32_t current, int32_t *pid);

void counter_add(enum counter counter, uint64_t amount);
uint64_t counter_value(enum counter counter);

/* Log lines limited to one a minute over all processes (hints.c). */
enum hint {
    HINT_ALMOST,         /* a query value looked like a flag but went to the app */
    HINT_MAX_ACTIVE,     /* a request was not profiled because of this limit */
    HINT_MAX_PER_MINUTE, /* as above */
    HINT_COUNT,
};

struct rate_log *shared_hint(enum hint hint);

/* Returns the log limit for one reason to ignore a flag. The reason is identified by
 * its pointer, which must stay valid as long as the server. Beyond SHARED_REASONS_MOST,
 * reasons share the last limit. */
#define SHARED_REASONS_MOST 48

struct rate_log *shared_reason(const char *why);

/* Takes one of the profiles allowed per minute, over all processes. False when none is
 * left. */
bool shared_take_of_minute(uint32_t most);

/* How many of them were taken in this minute. */
uint32_t shared_minute_taken(void);

/* Returns the counter's address, valid as long as the server. */
const word64 *counter_place(enum counter counter);

/* "profiler.started" */
const char *counter_name(enum counter counter);

#endif
