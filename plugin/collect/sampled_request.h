/* sampled_request.h -- one sampled request: its thread, what has been seen of it, and
 * its time.
 *
 * All time between the start and the end is counted once: a sample stands for the time
 * since the one before, less the time in which the thread ran somebody else's code
 * (another greenlet or coroutine), which is charged to the place where it was left.
 *
 * Everything here is called with the sampler's lock held: it may be by the sampler's
 * thread, without the GIL, or by the request's own. */

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
    struct threadwait wait; /* opened with the first sample of a wait */
    bool wait_opened;
    enum wait_kind waits;      /* what it did at the last sample, */
    char peer[PEER_NAME_SIZE]; /* and for whom; empty: nobody who can be named */
    struct cpuwait cpu_wait;
    const struct gil_range *gil;

    uint64_t interval_ns;
    uint64_t max_ns, until_ns; /* the profile ends then; CLOCK_MONOTONIC */
    uint64_t due_ns;           /* the next sample; CLOCK_MONOTONIC, as the next */
    uint64_t since_ns;         /* what came before is counted, or carried */
    uint64_t carried_ns;       /* it ran for so long before it was left, unsampled */
    uint64_t cpu_ns, cpu_started_ns, cpu_counted_ns; /* of the thread; see cpu_time */
    uint64_t counted_ns;                             /* all that is in stacks */

    bool running;             /* its thread runs its code */
    struct stacks_place away; /* where its thread left it */
    bool cut;                 /* a stack was deeper than FRAMES_MAX */
    bool over;                /* until_ns has passed, or all of it was taken */
    bool expired;             /* until_ns has passed */
    bool taken;               /* what was seen is in a profile already */
    bool orphaned;            /* by a fork, in the child */
};

/* For the calling thread. GIL held. False when out of memory. */
bool sampled_request_init(struct sampled_request *t,
                          const struct collector_settings *settings,
                          const struct gil_range *gil);

/* On its own thread, GIL held. top: the innermost frame of what it leaves. */
void sampled_request_turn_to(struct sampled_request *t, uint64_t now_ns);
void sampled_request_turn_away(struct sampled_request *t, struct scratch *scratch,
                               const void *top, uint64_t now_ns);

/* Takes a sample, if its thread runs it; ends it when its time is up, whatever its
 * thread does. No GIL needed. */
void sampled_request_sample(struct sampled_request *t, struct scratch *scratch,
                            uint64_t now_ns);

/* Moves all into the profile: the time since the last sample goes to where it was. */
void sampled_request_finish(struct sampled_request *t, struct profile *p);

/* The same before the request has ended, whatever its thread does now: nothing more is
 * seen of it. Sets wall_ns and cpu_ns of the profile, too. */
void sampled_request_take(struct sampled_request *t, struct profile *p,
                          uint64_t started_ns, uint64_t now_ns);

void sampled_request_free(struct sampled_request *t);

#endif
