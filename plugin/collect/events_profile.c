/* Call and return events from PyEval_SetProfile: up to Python 3.11. */

#include "events.h"

#include "tracer.h"

#if PY_VERSION_HEX < 0x030c0000

#include <frameobject.h>

#if PY_VERSION_HEX >= 0x030b0000
/* From 3.11 on the layout of frame objects is private. The public accessor costs as
 * much as all other work here on a code object. */
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

/* Extensions call the profile function, too; arg may be NULL then. */
static bool is_builtin(PyObject *callable)
{
    return callable && PyCFunction_Check(callable);
}

static void call_builtin(struct tracer *t, PyObject *callable)
{
    if (!is_builtin(callable))
        return;
    const PyCFunctionObject *f = (PyCFunctionObject *)callable;
    if (!tracer_enter(t, f->m_ml))
        tracer_enter_builtin(t, f->m_ml, f->m_self, f->m_module);
}

static int on_event(PyObject *unused, PyFrameObject *frame, int what, PyObject *arg)
{
    (void)unused;
    struct tracer *t = collector_thread.tracer;
    if (!t)
        return 0;
    switch (what) {
    case PyTrace_CALL:
        tracer_call_code(t, (PyObject *)frame_code(frame), (PyObject *)frame);
        break;
    case PyTrace_RETURN:
        tracer_return(t);
        break;
    case PyTrace_C_CALL:
        call_builtin(t, arg);
        break;
    case PyTrace_C_RETURN:
    case PyTrace_C_EXCEPTION:
        if (is_builtin(arg))
            tracer_return(t);
        break;
    default:
        break;
    }
    return 0;
}

/* Returns another tracer of the same thread state: it needs the same callback. Or
 * NULL. */
static struct tracer *sharer(const struct tracer *t)
{
    struct collector *other = collector_thread.all;
    while (other && (other == &t->base || other->kind != &tracer_kind ||
                     other->thread_state != t->base.thread_state))
        other = other->next;
    return other ? tracer_of(other) : NULL;
}

bool events_on(struct tracer *t, const char **why)
{
    (void)why;
    PyThreadState *state = t->base.thread_state;
    if (state->c_profilefunc && state->c_profilefunc != on_event) {
        t->profile_before = state->c_profilefunc;
        t->profile_arg_before = state->c_profileobj;
        Py_XINCREF(t->profile_arg_before);
        t->base.notices |= 1u << NOTICE_OTHER_PROFILER;
    }
    /* Needed for each tracer: it enables tracing for the C stack that runs now. */
    PyEval_SetProfile(on_event, NULL);
    return true;
}

void events_off(struct tracer *t)
{
    struct tracer *heir = sharer(t);
    if (t->base.thread_state->c_profilefunc != on_event)
        t->base.notices |= 1u << NOTICE_CALLBACK_REPLACED;
    else if (!heir)
        PyEval_SetProfile(t->profile_before, t->profile_arg_before);

    if (heir && !heir->profile_before) {
        heir->profile_before = t->profile_before;
        heir->profile_arg_before = t->profile_arg_before;
    } else {
        Py_XDECREF(t->profile_arg_before);
    }
    t->profile_arg_before = NULL;
}

#endif
