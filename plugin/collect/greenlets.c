#include "greenlets.h"

#include "python/modules.h"

/* Returns a new reference; NULL, with no exception set, when not imported. */
static PyObject *greenlet_module(void)
{
    static struct module_name greenlet = {.text = "greenlet"};
    PyObject *module = module_imported(&greenlet);
    Py_XINCREF(module);
    return module;
}

/* Several requests share a greenlet when the server itself switches between coroutines:
 * all but one of them are paused. */
static struct collector *collector_of(const PyObject *greenlet)
{
    struct collector *c = collector_thread.all;
    while (c && (c->paused || c->greenlet != greenlet))
        c = c->next;
    return c;
}

/* Returns the greenlet that spawned this one: gevent keeps a weak reference to it. A
 * new reference; NULL when there is none, or it is gone. */
static PyObject *spawner_of(PyObject *greenlet)
{
    PyObject *reference = PyObject_GetAttrString(greenlet, "spawning_greenlet");
    PyObject *spawner = reference && PyCallable_Check(reference)
                            ? PyObject_CallObject(reference, NULL)
                            : NULL;
    PyErr_Clear();
    Py_XDECREF(reference);
    return spawner;
}

/* A request spawned the greenlet that runs now, and its calls are not recorded: the
 * report must say so. */
static void note_spawned(PyObject *target)
{
    PyObject *spawner = spawner_of(target);
    struct collector *c = spawner ? collector_of(spawner) : NULL;
    if (c)
        c->notices |= 1u << NOTICE_GREENLETS;
    Py_XDECREF(spawner);
}

/* gevent's hub. All its versions have only the name in common. */
static bool is_hub(PyObject *greenlet)
{
    for (const PyTypeObject *type = Py_TYPE(greenlet); type; type = type->tp_base) {
        const char *dot = strrchr(type->tp_name, '.');
        if (strcmp(dot ? dot + 1 : type->tp_name, "Hub") == 0)
            return true;
    }
    return false;
}

/* The request itself switched to a greenlet without a collector. A switch to the parent
 * starts no work of its own: the parent started the request. */
static void note_child(struct collector *c, PyObject *target)
{
    PyObject *parent = PyObject_GetAttrString(c->greenlet, "parent");
    if (!parent)
        PyErr_Clear();
    if (target != parent)
        c->notices |= 1u << NOTICE_GREENLETS;
    Py_XDECREF(parent);
}

static void note_foreign(struct collector *left, PyObject *target)
{
    if (is_hub(target)) /* the hub runs while a request waits */
        return;
    if (left && left->greenlet)
        note_child(left, target);
    note_spawned(target);
}

/* Calls the trace function that was set before ours. Returns a new reference. */
static PyObject *call_before(PyObject *args)
{
    PyObject *before = collector_thread.trace_before;
    if (before && before != Py_None)
        return PyObject_CallObject(before, args);
    Py_RETURN_NONE;
}

/* greenlet calls trace("switch" or "throw", (origin, target)), already in the
 * target. */
static PyObject *on_switch(PyObject *unused, PyObject *args)
{
    (void)unused;
    if (collector_thread.in_switch)
        Py_RETURN_NONE;
    struct collector *left = collector_thread.current;
    collector_turn_away(left ? left->greenlet : NULL);
    collector_thread.in_switch = true;
    PyObject *result = call_before(args);
    collector_thread.in_switch = false;

    PyObject *pair = PyTuple_Check(args) && PyTuple_GET_SIZE(args) == 2
                         ? PyTuple_GET_ITEM(args, 1)
                         : NULL;
    if (pair && PyTuple_Check(pair) && PyTuple_GET_SIZE(pair) == 2) {
        struct collector *entered = collector_of(PyTuple_GET_ITEM(pair, 1));
        if (entered)
            collector_turn_to(entered);
        else if (result)
            note_foreign(left, PyTuple_GET_ITEM(pair, 1));
    }
    return result;
}

static const PyMethodDef switch_def = {"profiler_on_switch", on_switch, METH_VARARGS,
                                       NULL};

/* Returns the trace function before this one, a new reference; NULL on failure. Steals
 * no reference. */
static PyObject *set_trace(PyObject *module, PyObject *trace)
{
    PyObject *before = PyObject_CallMethod(module, "settrace", "O", trace);
    if (!before)
        PyErr_Clear();
    return before;
}

static bool is_ours(PyObject *trace)
{
    return trace && PyCFunction_Check(trace) &&
           ((PyCFunctionObject *)trace)->m_ml == &switch_def;
}

static void watch(PyObject *module)
{
    PyObject *trace = PyCFunction_New((PyMethodDef *)&switch_def, NULL);
    PyObject *before = trace ? set_trace(module, trace) : NULL;
    if (!trace)
        PyErr_Clear();
    Py_XDECREF(trace);
    if (!before)
        return;
    if (is_ours(before)) /* another tool restored our function */
        Py_DECREF(before);
    else
        collector_thread.trace_before = before;
    collector_thread.watches_greenlets = true;
}

void greenlets_join(struct collector *c)
{
    PyObject *module = greenlet_module();
    if (!module)
        return;
    c->greenlet = PyObject_CallMethod(module, "getcurrent", NULL);
    if (!c->greenlet)
        PyErr_Clear();
    if (!collector_thread.watches_greenlets)
        watch(module);
    Py_DECREF(module);
}

static void unwatch(struct collector *c, PyObject *module)
{
    PyObject *before = collector_thread.trace_before;
    collector_thread.trace_before = NULL;
    collector_thread.watches_greenlets = false;
    PyObject *ours = set_trace(module, before ? before : Py_None);
    if (ours && !is_ours(ours)) { /* set after ours, by another tool: it stays */
        Py_XDECREF(set_trace(module, ours));
        c->notices |= 1u << NOTICE_GREENLETS;
    }
    Py_XDECREF(ours);
    Py_XDECREF(before);
}

void greenlets_leave(struct collector *c)
{
    PyObject *module = greenlet_module();
    if (!module)
        return;
    if (!c->greenlet)
        c->notices |= 1u << NOTICE_GREENLETS;
    Py_CLEAR(c->greenlet);
    if (collector_thread.watches_greenlets && !collector_thread.all)
        unwatch(c, module);
    Py_DECREF(module);
}
