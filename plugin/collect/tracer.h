/* tracer.h -- the deterministic collector: every call and return of one request.
 *
 * Fed by the events of events.h. GIL held. */

#ifndef PROFILER_TRACER_H
#define PROFILER_TRACER_H

#include "profile/recorder.h"
#include "collector_kind.h"

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

/* The first call of something new, or an unusual one. */
void tracer_enter_code(struct tracer *t, PyObject *code, uint64_t now);
void tracer_enter_builtin(struct tracer *t, const PyMethodDef *def, PyObject *self,
                          PyObject *module, uint64_t now);

/* The deadline has passed, which every event looks at: nothing is recorded any more. */
void tracer_expire(struct tracer *t);

/* The call that has just been recorded is a node's first, or of one whose calls so far
 * were for objects of one class. frame: its object, or NULL: the thread's innermost. */
void tracer_see_class(struct tracer *t, PyObject *code, PyObject *frame);

/* code: any object; from 3.13 on extensions name what they run by one of their own. */
static inline void tracer_call_code(struct tracer *t, PyObject *code, PyObject *frame)
{
    uint64_t now = clock_ticks(t->counter);
    if (now >= t->deadline) {
        tracer_expire(t);
        return;
    }
    bool known = recorder_enter(&t->recorder, code, now);
    if (!known)
        tracer_enter_code(t, code, now);
    if (!known || recorder_current(&t->recorder)->type)
        tracer_see_class(t, code, frame);
}

static inline void tracer_return(struct tracer *t)
{
    uint64_t now = clock_ticks(t->counter);
    if (now >= t->deadline)
        tracer_expire(t);
    else
        recorder_leave(&t->recorder, now);
}

#endif
