/* events.h -- the two sources of call and return events, behind one interface.
 *
 * events_profile.c: PyEval_SetProfile, up to Python 3.11. events_monitoring.c:
 * sys.monitoring, from 3.12 on. One of them is empty in any build. GIL held. */

#ifndef PROFILER_EVENTS_H
#define PROFILER_EVENTS_H

#include "tracer.h"

/* Turn the events on for this tracer, which is already in the thread's list; off for
 * one that is still there. */
bool events_on(struct tracer *t, const char **why);
void events_off(struct tracer *t);

/* The first call of something new, or an unusual one. */
void events_enter_code(struct tracer *t, PyObject *code, uint64_t now);
void events_enter_builtin(struct tracer *t, const PyMethodDef *def, PyObject *self,
                          PyObject *module, uint64_t now);

/* The deadline has passed, which every event looks at: nothing is recorded any more. */
void events_expire(struct tracer *t);

/* The call that has just been recorded is a node's first, or of one whose calls so far
 * were for objects of one class. frame: its object, or NULL: the thread's innermost. */
void events_see_class(struct tracer *t, PyObject *code, PyObject *frame);

/* code: any object; from 3.13 on extensions name what they run by one of their own. */
static inline void events_call_code(struct tracer *t, PyObject *code, PyObject *frame)
{
    uint64_t now = clock_ticks(t->counter);
    if (now >= t->deadline) {
        events_expire(t);
        return;
    }
    bool known = recorder_enter(&t->recorder, code, now);
    if (!known)
        events_enter_code(t, code, now);
    if (!known || recorder_current(&t->recorder)->type)
        events_see_class(t, code, frame);
}

static inline void events_return(struct tracer *t)
{
    uint64_t now = clock_ticks(t->counter);
    if (now >= t->deadline)
        events_expire(t);
    else
        recorder_leave(&t->recorder, now);
}

#endif
