/* tracer.h -- the deterministic collector: every call and return of one request.
 *
 * Fed by the events of events.h. GIL held. */

#ifndef PROFILER_TRACER_H
#define PROFILER_TRACER_H

#include "../core/recorder.h"
#include "base.h"

struct tracer {
    struct collector base;
    struct recorder recorder;
    bool counter; /* for clock_ticks */
    uint64_t cpu_started;
    uint64_t cpu_wait_started; /* while .cpu_wait_known */
    uint64_t cpu_wait_ns;      /* from the start until its thread turned away first */
    bool cpu_wait_known;
    bool was_left; /* its thread turned away, and back: .cpu_wait_ns is not all */
    uint64_t max_ns, deadline; /* deadline: in ticks */

    PyObject *
        *objects; /* references: an address stays the code object's, or the type's */
    uint32_t object_count, object_cap;

    Py_tracefunc profile_before; /* up to 3.11: what was set before the first of ours */
    PyObject *profile_arg_before;
    struct monitor *monitor; /* from 3.12 on */
};

extern const struct collector_kind tracer_kind;

static inline struct tracer *tracer_of(struct collector *c)
{
    return (struct tracer *)c; /* base comes first */
}

#endif
