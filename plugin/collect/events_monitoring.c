/* Call and return events from sys.monitoring: from Python 3.12 on.
 *
 * Events are switched on per interpreter, not per thread. So while one request is
 * profiled, every thread pays for calling a hook, which returns at once in unprofiled
 * threads. The hooks are vectorcall objects: an event needs no argument tuple. Hooks
 * never return DISABLE: that would lose calls at call sites that see several
 * callables. */

#include "events.h"

#include "tracer.h"

#if PY_VERSION_HEX >= 0x030c0000

#include <stdlib.h>
#include <structmember.h>

#define TOOL_NAME "uwsgi-profiler"

/* cProfile takes 2; 3 and 4 have no fixed owner. */
static const int tool_ids[] = {3, 4};

struct monitor {
    PyInterpreterState *interpreter;
    PyObject *monitoring; /* the sys.monitoring module */
    int tool;
    long events;  /* the events that are switched on, as bits */
    int watchers; /* number of collectors that need the events */
    struct monitor *next;
};

struct hook {
    PyObject_HEAD vectorcallfunc call;
    PyObject *missing; /* sys.monitoring.MISSING */
};

/* The app may find the hooks and call them, with any arguments. */
static Py_ssize_t nargs_of(size_t nargs)
{
    return PyVectorcall_NARGS(nargs);
}

static PyObject *on_enter(PyObject *self, PyObject *const *args, size_t nargs,
                          PyObject *names)
{
    (void)self, (void)names;
    struct tracer *t = collector_thread.tracer;
    if (t && nargs_of(nargs) > 0)
        tracer_call_code(t, args[0], NULL);
    Py_RETURN_NONE;
}

static PyObject *on_leave(PyObject *self, PyObject *const *args, size_t nargs,
                          PyObject *names)
{
    (void)self, (void)args, (void)names;
    struct tracer *t = collector_thread.tracer;
    if (t && nargs_of(nargs) > 0)
        tracer_return(t);
    Py_RETURN_NONE;
}

/* Returns NULL if the method is called without a suitable self. */
static inline const PyMethodDef *method_of(const PyMethodDescrObject *method,
                                           PyObject *first, const PyObject *missing)
{
    return first != missing && PyObject_TypeCheck(first, method->d_common.d_type)
               ? method->d_method
               : NULL;
}

/* Returns the definition of the builtin that is called; NULL if it is not a builtin, or
 * a method called without a suitable self (cProfile omits these, too). args are those
 * of the events CALL, C_RETURN and C_RAISE: code, offset, callable, first argument.
 * Most callables are of the first three types; the last check is slow. */
static inline const PyMethodDef *builtin_of(PyObject *self, PyObject *const *args,
                                            size_t nargs)
{
    if (nargs_of(nargs) < 4)
        return NULL;
    PyObject *callable = args[2];
    if (Py_IS_TYPE(callable, &PyFunction_Type))
        return NULL;
    if (Py_IS_TYPE(callable, &PyMethodDescr_Type))
        return method_of((PyMethodDescrObject *)callable, args[3],
                         ((struct hook *)self)->missing);
    if (Py_IS_TYPE(callable, &PyCFunction_Type) ||
        (!PyType_Check(callable) && PyCFunction_Check(callable)))
        return ((PyCFunctionObject *)callable)->m_ml;
    return NULL;
}

static void enter_builtin(struct tracer *t, const PyMethodDef *def,
                          PyObject *const *args)
{
    if (PyCFunction_Check(args[2])) {
        const PyCFunctionObject *f = (PyCFunctionObject *)args[2];
        tracer_enter_builtin(t, def, f->m_self, f->m_module);
    } else {
        tracer_enter_builtin(t, def, args[3], NULL);
    }
}

static PyObject *on_c_enter(PyObject *self, PyObject *const *args, size_t nargs,
                            PyObject *names)
{
    (void)names;
    struct tracer *t = collector_thread.tracer;
    const PyMethodDef *def = t ? builtin_of(self, args, nargs) : NULL;
    if (def && !tracer_enter(t, def))
        enter_builtin(t, def, args);
    Py_RETURN_NONE;
}

static PyObject *on_c_leave(PyObject *self, PyObject *const *args, size_t nargs,
                            PyObject *names)
{
    (void)names;
    struct tracer *t = collector_thread.tracer;
    if (t && builtin_of(self, args, nargs))
        tracer_return(t);
    Py_RETURN_NONE;
}

static const struct {
    const char *name;
    vectorcallfunc hook;
} events[] = {
    {"PY_START", on_enter},  {"PY_RESUME", on_enter},  {"PY_THROW", on_enter},
    {"PY_RETURN", on_leave}, {"PY_YIELD", on_leave},   {"PY_UNWIND", on_leave},
    {"CALL", on_c_enter},    {"C_RETURN", on_c_leave}, {"C_RAISE", on_c_leave},
};

static void hook_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(((struct hook *)self)->missing);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *hook_type(void)
{
    PyMemberDef members[] = {
        {"__vectorcalloffset__", T_PYSSIZET, offsetof(struct hook, call), READONLY,
         NULL},
        {0},
    };
    PyType_Slot slots[] = {
        {Py_tp_dealloc, (void *)hook_dealloc},
        {Py_tp_call, (void *)PyVectorcall_Call},
        {Py_tp_members, members},
        {0, NULL},
    };
    PyType_Spec spec = {
        .name = "uwsgi_profiler.Hook",
        .basicsize = sizeof(struct hook),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL |
                 Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = slots,
    };
    return PyType_FromSpec(&spec);
}

static PyObject *hook_new(PyObject *type, vectorcallfunc call, PyObject *missing)
{
    struct hook *h = (struct hook *)PyType_GenericAlloc((PyTypeObject *)type, 0);
    if (h) {
        h->call = call;
        h->missing = missing;
        Py_INCREF(missing);
    }
    return (PyObject *)h;
}

/* Returns the number of an event; -1, with an exception set, on failure. */
static long event_number(PyObject *monitoring, const char *name)
{
    PyObject *numbers = PyObject_GetAttrString(monitoring, "events");
    PyObject *number = numbers ? PyObject_GetAttrString(numbers, name) : NULL;
    long value = number ? PyLong_AsLong(number) : -1;
    Py_XDECREF(number);
    Py_XDECREF(numbers);
    return value;
}

static bool register_hook(struct monitor *m, PyObject *hook, const char *name)
{
    long number = hook ? event_number(m->monitoring, name) : -1;
    if (number < 0)
        return false;
    PyObject *done = PyObject_CallMethod(m->monitoring, "register_callback", "ilO",
                                         m->tool, number, hook);
    Py_XDECREF(done);
    m->events |= number;
    return done != NULL;
}

static bool register_hooks(struct monitor *m)
{
    PyObject *type = hook_type();
    PyObject *missing = PyObject_GetAttrString(m->monitoring, "MISSING");
    bool ok = type && missing;
    for (size_t i = 0; ok && i < sizeof events / sizeof *events; i++) {
        PyObject *hook = hook_new(type, events[i].hook, missing);
        ok = register_hook(m, hook, events[i].name);
        Py_XDECREF(hook);
    }
    Py_XDECREF(missing);
    Py_XDECREF(type);
    return ok;
}

static bool take_tool(struct monitor *m, const char **why)
{
    for (size_t i = 0; i < sizeof tool_ids / sizeof *tool_ids; i++) {
        PyObject *taken = PyObject_CallMethod(m->monitoring, "use_tool_id", "is",
                                              tool_ids[i], TOOL_NAME);
        if (taken) {
            Py_DECREF(taken);
            m->tool = tool_ids[i];
            return true;
        }
        PyErr_Clear();
    }
    *why = "other tools hold the ids 3 and 4 of sys.monitoring";
    return false;
}

static void give_back_tool(struct monitor *m)
{
    PyErr_Clear();
    PyObject *done = PyObject_CallMethod(m->monitoring, "free_tool_id", "i", m->tool);
    if (!done)
        PyErr_Clear();
    Py_XDECREF(done);
}

static struct monitor *monitor_create(PyInterpreterState *interpreter, const char **why)
{
    struct monitor *m = calloc(1, sizeof *m);
    PyObject *monitoring = PySys_GetObject("monitoring"); /* borrowed */
    *why = "out of memory";
    if (!m || !monitoring)
        goto failed;
    m->interpreter = interpreter;
    m->monitoring = monitoring;
    Py_INCREF(monitoring);
    if (!take_tool(m, why))
        goto failed;
    if (register_hooks(m))
        return m;
    give_back_tool(m);
    *why = "sys.monitoring accepts no callbacks";
failed:
    if (m)
        Py_XDECREF(m->monitoring);
    free(m);
    return NULL;
}

/* Returns the monitor of the current interpreter, created at its first profile. It is
 * never freed: an interpreter that runs an app lives as long as the process. */
static struct monitor *monitor_of(struct collector_env *env, const char **why)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    struct monitor *m = env->monitors;
    while (m && m->interpreter != interpreter)
        m = m->next;
    if (!m && (m = monitor_create(interpreter, why))) {
        m->next = env->monitors;
        env->monitors = m;
    }
    return m;
}

static bool set_events(const struct monitor *m, long set)
{
    PyObject *done =
        PyObject_CallMethod(m->monitoring, "set_events", "il", m->tool, set);
    if (!done)
        PyErr_Clear();
    Py_XDECREF(done);
    return done != NULL;
}

bool events_on(struct tracer *t, const char **why)
{
    t->monitor = monitor_of(t->base.env, why);
    if (!t->monitor)
        return false;
    if (t->monitor->watchers == 0 && !set_events(t->monitor, t->monitor->events)) {
        *why = "sys.monitoring cannot be switched on";
        return false;
    }
    t->monitor->watchers++;
    return true;
}

void events_off(struct tracer *t)
{
    if (--t->monitor->watchers == 0)
        set_events(t->monitor, 0);
}

#endif
