/* slot.h -- one profiled request of a core: in which phase of its life it is, and what
 * belongs to it.
 *
 *   IDLE --begin--> FLAGGED --start--> RUNNING --closed or called(false)--> ENDED
 *     ^                                                                       |
 *     +------------------------------- end -----------------------------------+
 *
 * One slot a core, used by the thread that runs the core's request. A request that is
 * not profiled stays IDLE, unless it has an error to tell (FLAGGED, never started).
 *
 * While it is RUNNING, what its collector has may be taken by the thread that reports
 * requests which are about to be killed (killed.h). Both sides go by .claim:
 *
 *   NONE --start--> OPEN --finish--> NONE        the request's own thread
 *                   OPEN --> TAKING --> TAKEN    the reporting thread; back to OPEN
 *                                                when it could not take anything
 *
 * Whoever leaves OPEN has the collector, and may describe the request in the profile
 * (which is done late, as most that are profiled without a flag leave none); all else
 * in the profile stays its own thread's. */

#ifndef PROFILER_SLOT_H
#define PROFILER_SLOT_H

#include "gate/flag.h"
#include "gate/places.h"
#include "held.h"
#include "profile/profile.h"

enum request_phase { REQUEST_IDLE, REQUEST_FLAGGED, REQUEST_RUNNING, REQUEST_ENDED };

enum request_claim { CLAIM_NONE, CLAIM_OPEN, CLAIM_TAKING, CLAIM_TAKEN };

/* What the last request that left a report is known by in the server's log. */
struct request_trace {
    uint64_t request; /* see request_is */
    char id[PROFILE_ID_SIZE];
    char status[4]; /* of the app's own answer, "-": it gave none */
};

/* What a report tells of a request, in the server's own memory, which stays as it is
 * until the request has ended. */
struct request_facts {
    struct str method, script, path, query, mount;
};

struct request_slot {
    enum request_phase phase;
    uint64_t begun; /* the request that it is about; see request_is */
    bool flagged; /* by a flag, not by the configuration: the answer carries headers */
    bool automatic; /* by always or ratio: profiler-keep decides about it */
    bool called;    /* the callable has returned */
    struct flag flag;
    struct str parameter;        /* see struct decision */
    struct request_facts facts;  /* as they were when it started */
    char error[256];             /* why an obeyed flag is not followed; "" : it is */
    struct profile *profile;     /* owned until it is submitted */
    struct collector *collector; /* while RUNNING */
    struct held held;            /* where a report is the answer */
    struct held_place place;     /* of profiler-max-active; while there is a profile */
    void *thread;                /* Python's thread state of the start */
    uint64_t started_ns;         /* CLOCK_MONOTONIC */
    uint64_t looked_ns;          /* when the client was last looked for; likewise */
    uint32_t claim;              /* enum request_claim; atomic */
    bool taken;                  /* its own thread has found it TAKEN */
    bool told; /* a line says that it was killed unread; the reporting thread's */
    uint64_t took_ns;         /* once ENDED; also what was not profiled (max-time) */
    uint64_t routed;          /* the request that took .route; see request_is */
    const struct flag *route; /* what the route asks for; not owned */
    struct request_trace trace;
};

static inline struct request_slot *request_slot(const struct wsgi_request *r)
{
    return &profiler.slots[r->async_id];
}

/* Is it the request that *start was set for? A core may end a request that never came
 * to us (static files, routes), and begin another; of one core no two start at once. */
static inline bool request_is(const struct wsgi_request *r, const uint64_t *start)
{
    return r->start_of_request && r->start_of_request == *start;
}

/* A route of this request asks for a profile; the last one that does is followed. */
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
