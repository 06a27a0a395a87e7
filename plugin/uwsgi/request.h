/* request.h -- the life of a profiled request, from its flag to its report.
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

#ifndef PROFILER_REQUEST_H
#define PROFILER_REQUEST_H

#include "held.h"

#include "../core/profile.h"
#include "../core/trigger.h"

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

/* Decides about a new request. False when its variables cannot be read: then it has to
 * end at once, as the Python plugin would end it. */
bool request_begin(struct request_slot *slot, struct wsgi_request *r);

/* The callable is about to be called; it has returned, or raised. GIL held. */
void request_start(struct request_slot *slot, struct wsgi_request *r);
void request_called(struct request_slot *slot, bool returned);

/* The next chunk is about to be asked for: ends a response that is to be replaced, and
 * takes too long or has nobody who waits for it. GIL held or not. */
void request_chunk(struct request_slot *slot, struct wsgi_request *r);

/* The iterable was closed. GIL held. */
void request_closed(struct request_slot *slot);

/* An exception that has left the app is pending. GIL held. */
void request_raised(struct request_slot *slot);

/* The thread turns to another request, and back. */
void request_paused(struct request_slot *slot);
void request_resumed(struct request_slot *slot);

/* The headers are about to leave: adds ours. */
void request_headers(struct request_slot *slot, struct wsgi_request *r);

/* The Python plugin is done with it: replaces the answer, hands the profile over. */
void request_end(struct request_slot *slot, struct wsgi_request *r);

/* Fills the profile's facts of the request, for a report that will be made; what memory
 * has no room for stays empty. By who has the slot's claim; no GIL needed. */
void request_describe(const struct request_slot *slot);

/* When none of its functions is known as own code: all are shown, and the report says
 * so. Before it is reported. */
void request_note_origins(struct profile *p);

/* The report is not the answer: who asked for that alone finds it in the log. */
void request_report_unanswered(struct profile *p);

/* Counts what is in a profile that was ended; any thread. */
void request_count(const struct profile *p);

#endif
