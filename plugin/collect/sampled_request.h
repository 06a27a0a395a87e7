/* sampled_request.h -- one sampled request: its thread, its samples and its time.
 *
 * All time between start and end is counted exactly once. A sample stands for the time
 * since the previous sample. While the thread runs other code (another greenlet or
 * coroutine), the time is charged to the place where the thread left the request.
 *
 * sampled_request_turn_to, _turn_away, _sample and _take need the sampler's lock. The
 * others run while the request is not in the sampler's list. */

#ifndef PROFILER_SAMPLED_REQUEST_H
#define PROFILER_SAMPLED_REQUEST_H

#include "system/cpuwait.h"
#include "profile/stacks.h"
#include "system/threadwait.h"
#include "collector_settings.h"
#include "reader.h"

struct sampled_request {
    struct sampled_request *next; /* in the sampler's list */
    struct stacks stacks;
    struct reader reader;
    clockid_t cpu_clock;
    struct threadwait wait; /* opened at the first sample that is a wait */
    bool wait_opened;
    enum wait_kind waits;      /* what the thread did at the last sample */
    char peer[PEER_NAME_SIZE]; /* the other end of that network wait; empty: unknown */
    struct cpuwait cpu_wait;
    const struct gil_range *gil;

    uint64_t interval_ns;
    uint64_t max_ns, until_ns; /* length limit, and its end; CLOCK_MONOTONIC */
    uint64_t due_ns;           /* time of the next sample; CLOCK_MONOTONIC */
    uint64_t since_ns;         /* earlier time is counted, or in .carried_ns */
    uint64_t carried_ns; /* time that it ran since the last sample, up to .since_ns */
    /* CPU time of the thread; see cpu_time. */
    uint64_t cpu_ns, cpu_started_ns, cpu_counted_ns;
    uint64_t counted_ns; /* all time that is in .stacks */

    bool running;             /* its thread runs its code */
    struct stacks_place away; /* where its thread left it */
    bool cut;                 /* at least one stack was deeper than FRAMES_MAX */
    bool over;     /* until_ns has passed, or sampled_request_take was called */
    bool expired;  /* until_ns has passed */
    bool taken;    /* the samples are in a profile already */
    bool orphaned; /* the process is a child that was forked during the request */
};

/* Initialises t for the calling thread. GIL held. False when out of memory. */
bool sampled_request_init(struct sampled_request *t,
                          const struct collector_settings *settings,
                          const struct gil_range *gil);

/* The thread starts and stops running the request's code. On its own thread, GIL held.
 * top: the innermost frame of the stack that it leaves. */
void sampled_request_turn_to(struct sampled_request *t, uint64_t now_ns);
void sampled_request_turn_away(struct sampled_request *t, struct scratch *scratch,
                               const void *top, uint64_t now_ns);

/* Takes a sample if the thread runs the request's code; ends the request when its time
 * is up, in any case. No GIL needed. */
void sampled_request_sample(struct sampled_request *t, struct scratch *scratch,
                            uint64_t now_ns);

/* Moves all samples into the profile. Charges the time since the last sample to its
 * place. */
void sampled_request_finish(struct sampled_request *t, struct profile *p);

/* As sampled_request_finish, but before the request has ended, whatever its thread does
 * now. Ends the sampling, and sets wall_ns and cpu_ns of the profile. No GIL needed. */
void sampled_request_take(struct sampled_request *t, struct profile *p,
                          uint64_t started_ns, uint64_t now_ns);

void sampled_request_free(struct sampled_request *t);

#endif
