/* tracer.h -- the deterministic collector: records every call and return of one
 * request.
 *
 * events.h supplies the events. GIL held. */

#ifndef PROFILER_TRACER_H
#define PROFILER_TRACER_H

#include "profile/recorder.h"
#include "collector_kind.h"

struct tracer {
    struct collector base;
    struct recorder recorder;
    uint64_t max_ns, deadline; /* deadline: in ticks */
    bool counter;              /* for clock_ticks */

    uint64_t cpu_started;
    uint64_t cpu_wait_started; /* valid if .cpu_wait_known */
    uint64_t cpu_wait_ns; /* from the start until the thread first left the request */
    bool cpu_wait_known;
    bool was_left; /* the thread left the request and came back: .cpu_wait_ns is
                      incomplete */

    PyObject **objects; /* owned references, so that no other object gets the address of
                           a code object or type */
    uint32_t object_count, object_cap;

    Py_tracefunc profile_before; /* up to 3.11: the profile function before ours */
    PyObject *profile_arg_before;
    struct monitor *monitor; /* from 3.12 on */
};

extern const struct collector_kind tracer_kind;

static inline struct tracer *tracer_of(struct collector *c)
{
    return (struct tracer *)c; /* base comes first */
}

/* Record calls and returns of all kinds. What is below is faster, and enough for most.
 */
void tracer_enter_code(struct tracer *t, PyObject *code, PyObject *frame);
void tracer_enter_builtin(struct tracer *t, const PyMethodDef *def, PyObject *self,
                          PyObject *module);
void tracer_leave(struct tracer *t);

/* Notes the class of self for the call that was just recorded. Called for a node's
 * first call, and again while all its calls were for objects of one class. frame: the
 * frame object, or NULL for the thread's innermost frame. */
void tracer_see_class(struct tracer *t, PyObject *code, PyObject *frame);

/* The fast paths call nothing, so that they need no stack frame. */
static inline bool tracer_enter(struct tracer *t, const void *key)
{
    if (!t->counter)
        return false;
    uint64_t now = clock_counter();
    return now < t->deadline && recorder_enter(&t->recorder, key, now);
}

/* code: any object. From 3.13 on, extensions may pass objects of their own in its
 * place. */
static inline void tracer_call_code(struct tracer *t, PyObject *code, PyObject *frame)
{
    if (!tracer_enter(t, code))
        tracer_enter_code(t, code, frame);
    else if (recorder_current(&t->recorder)->type)
        tracer_see_class(t, code, frame);
}

static inline void tracer_return(struct tracer *t)
{
    uint64_t now = t->counter ? clock_counter() : UINT64_MAX;
    if (now >= t->deadline || !recorder_leave_node(&t->recorder, now))
        tracer_leave(t);
}

#endif
