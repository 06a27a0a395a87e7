/* Call and return events by PyEval_SetProfile: up to Python 3.11. */

#include "events.h"

#if PY_VERSION_HEX < 0x030c0000

#include <frameobject.h>

#if PY_VERSION_HEX >= 0x030b0000
/* The frame object's layout is private from 3.11 on; its accessor costs as much as all
 * that is done with the code object here. */
#define Py_BUILD_CORE
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE
#endif

static PyCodeObject *frame_code(PyFrameObject *frame)
{
#if PY_VERSION_HEX < 0x030b0000
    return frame->f_code;
#else
    return frame->f_frame->f_code;
#endif
}

static void call_builtin(struct collector *c, PyObject *callable)
{
    if (!PyCFunction_Check(callable))
        return;
    const PyCFunctionObject *f = (PyCFunctionObject *)callable;
    uint64_t now = clock_ticks(c->counter);
    if (!recorder_enter(&c->recorder, f->m_ml, now))
        events_enter_builtin(c, f->m_ml, f->m_self, f->m_module, now);
}

static int on_event(PyObject *unused, PyFrameObject *frame, int what, PyObject *arg)
{
    (void)unused;
    struct collector *c = collector_thread.current;
    if (!c)
        return 0;
    switch (what) {
    case PyTrace_CALL:
        events_call_code(c, frame_code(frame));
        break;
    case PyTrace_RETURN:
        events_return(c);
        break;
    case PyTrace_C_CALL:
        call_builtin(c, arg);
        break;
    case PyTrace_C_RETURN:
    case PyTrace_C_EXCEPTION:
        if (PyCFunction_Check(arg))
            events_return(c);
        break;
    default:
        break;
    }
    return 0;
}

/* Another collector on the same thread state, which shares the callback. */
static struct collector *sharer(const struct collector *c)
{
    struct collector *other = collector_thread.all;
    while (other && (other == c || other->thread_state != c->thread_state))
        other = other->next;
    return other;
}

bool events_on(struct collector *c, const char **why)
{
    (void)why;
    PyThreadState *state = c->thread_state;
    if (state->c_profilefunc && state->c_profilefunc != on_event) {
        c->profile_before = state->c_profilefunc;
        c->profile_arg_before = state->c_profileobj;
        Py_XINCREF(c->profile_arg_before);
        c->notices |= 1u << NOTICE_OTHER_PROFILER;
    }
    /* Anew for each collector: tracing is switched on for the C stack that runs now. */
    PyEval_SetProfile(on_event, NULL);
    return true;
}

void events_off(struct collector *c)
{
    struct collector *heir = sharer(c);
    if (c->thread_state->c_profilefunc != on_event)
        c->notices |= 1u << NOTICE_CALLBACK_REPLACED;
    else if (!heir)
        PyEval_SetProfile(c->profile_before, c->profile_arg_before);

    if (heir && !heir->profile_before) {
        heir->profile_before = c->profile_before;
        heir->profile_arg_before = c->profile_arg_before;
    } else {
        Py_XDECREF(c->profile_arg_before);
    }
    c->profile_arg_before = NULL;
}

#endif
