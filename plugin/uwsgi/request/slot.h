/* slot.h -- one profiled request of a core: its phase and its data.
 *
 *     IDLE --begin--> FLAGGED --start--> RUNNING --closed or called(false)--> ENDED
 *       ^                                                                       |
 *       +------------------------------- end -----------------------------------+
 *
 * One slot per core, used by the thread that runs the core's request. A request that is
 * not profiled stays IDLE, unless it has an error to report (FLAGGED, never started).
 *
 * While a request is RUNNING, the thread that reports requests before they are killed
 * (killed.h) may take its samples. Both threads use .claim:
 *
 *     NONE --start--> OPEN --finish--> NONE        the request's own thread
 *                     OPEN --> TAKING --> TAKEN    the reporting thread; back to OPEN
 *                                                  when it could not take anything
 *
 * The thread that moves .claim away from OPEN owns the collector, and may describe the
 * request in the profile. (This is done late, since most profiles without a flag are
 * discarded.) All other fields of the profile belong to the request's own thread. */

#ifndef PROFILER_SLOT_H
#define PROFILER_SLOT_H

#include "gate/flag.h"
#include "gate/places.h"
#include "held.h"
#include "profile/profile.h"

enum request_phase { REQUEST_IDLE, REQUEST_FLAGGED, REQUEST_RUNNING, REQUEST_ENDED };

enum request_claim { CLAIM_NONE, CLAIM_OPEN, CLAIM_TAKING, CLAIM_TAKEN };

/* The last request of the core that left a report, for log-format. */
struct request_trace {
    uint64_t request; /* start_of_request, see request_is */
    char id[PROFILE_ID_SIZE];
    char status[4]; /* of the app's own answer; "-": no answer */
};

/* The facts of a request that reports show. Views into the server's memory, which does
 * not change before the request ends. */
struct request_facts {
    struct str method, script, path, query, mount;
};

struct request_slot {
    enum request_phase phase;
    uint64_t begun; /* start_of_request of its request; see request_is */
    bool flagged;   /* by a flag, not by the configuration: the answer gets headers */
    bool automatic; /* by "always" or "ratio": profiler-keep decides */
    bool called;    /* the callable has returned */
    struct flag flag;
    struct str parameter;        /* of the accepted flag, see struct decision */
    struct request_facts facts;  /* as of the start */
    char error[256];             /* why an accepted flag is not followed, or "" */
    struct profile *profile;     /* owned, until it is submitted */
    struct collector *collector; /* while RUNNING */
    struct held held;            /* if a report is to be the answer */
    struct held_place place;     /* of profiler-max-active; while it has a profile */
    void *thread;                /* Python's thread state at the start */
    uint64_t started_ns;         /* CLOCK_MONOTONIC */
    word64 looked_ns;            /* last check of the client; CLOCK_MONOTONIC */
    uint32_t claim;              /* enum request_claim; atomic */
    bool taken;                  /* its own thread found .claim TAKEN */
    bool logged;      /* the loss of its samples was logged; for the reporting thread */
    uint64_t took_ns; /* valid once ENDED; includes time beyond max-time */
    uint64_t routed;  /* start_of_request of the request that set .route */
    const struct flag *route; /* the route's flag; not owned */
    struct request_trace trace;
};

static inline struct request_slot *request_slot(const struct wsgi_request *r)
{
    return &profiler.slots[r->async_id];
}

/* Is r the request for which *start was set? A core may end a request that this plugin
 * never saw (static files, routes) and begin another. No two requests of a core have
 * the same start. */
static inline bool request_is(const struct wsgi_request *r, const uint64_t *start)
{
    return r->start_of_request && r->start_of_request == *start;
}

/* A route of this request asks for a profile. The last such route counts. */
static inline void request_mark(struct request_slot *slot, const struct wsgi_request *r,
                                const struct flag *route)
{
    slot->routed = r->start_of_request;
    slot->route = route;
}

static inline bool request_is_flagged(const struct request_slot *slot)
{
    return slot->phase != REQUEST_IDLE;
}

#endif
