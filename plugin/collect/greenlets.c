#include "greenlets.h"

#include "python/modules.h"

/* A new reference, or NULL with no exception set. */
static PyObject *greenlet_module(void)
{
    static struct module_name greenlet = {.text = "greenlet"};
    PyObject *module = module_imported(&greenlet);
    Py_XINCREF(module);
    return module;
}

/* Coroutines of the server's share a greenlet: of their requests, one is not paused. */
static struct collector *collector_of(const PyObject *greenlet)
{
    struct collector *c = collector_thread.all;
    while (c && (c->paused || c->greenlet != greenlet))
        c = c->next;
    return c;
}

/* gevent's greenlets know who spawned them, by a weak reference. A new reference, or
 * NULL: they do not, or it is gone. */
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

/* A greenlet runs that is no request's: where a request has spawned it, its calls are
 * left out, and the report must say so. */
static void tell_of_spawned(PyObject *target)
{
    PyObject *spawner = spawner_of(target);
    struct collector *c = spawner ? collector_of(spawner) : NULL;
    if (c)
        c->notices |= 1u << NOTICE_GREENLETS;
    Py_XDECREF(spawner);
}

/* gevent's; its name is what all of its versions have in common. */
static bool is_hub(PyObject *greenlet)
{
    for (const PyTypeObject *type = Py_TYPE(greenlet); type; type = type->tp_base) {
        const char *dot = strrchr(type->tp_name, '.');
        if (strcmp(dot ? dot + 1 : type->tp_name, "Hub") == 0)
            return true;
    }
    return false;
}

/* The request goes on in a greenlet that it has switched to itself. Its parent is who
 * started it: no work of its own. */
static void tell_of_child(struct collector *c, PyObject *target)
{
    PyObject *parent = PyObject_GetAttrString(c->greenlet, "parent");
    if (!parent)
        PyErr_Clear();
    if (target != parent)
        c->notices |= 1u << NOTICE_GREENLETS;
    Py_XDECREF(parent);
}

static void tell_of_foreign(struct collector *left, PyObject *target)
{
    if (is_hub(target)) /* there a request waits */
        return;
    if (left && left->greenlet)
        tell_of_child(left, target);
    tell_of_spawned(target);
}

/* What was there before ours goes on being called. A new reference. */
static PyObject *call_before(PyObject *args)
{
    PyObject *before = collector_thread.trace_before;
    if (before && before != Py_None)
        return PyObject_CallObject(before, args);
    Py_RETURN_NONE;
}

/* greenlet calls it as trace("switch" or "throw", (origin, target)), in the target. */
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
            tell_of_foreign(left, PyTuple_GET_ITEM(pair, 1));
    }
    return result;
}

static const PyMethodDef switch_def = {"profiler_on_switch", on_switch, METH_VARARGS,
                                       NULL};

/* Steals nothing; the function that was there before, or NULL. */
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
    if (is_ours(before)) /* somebody put back what was ours */
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
    if (ours && !is_ours(ours)) { /* it came after us, and stays */
        Py_XDECREF(set_trace(module, ours));
        c->notices |= 1u << NOTICE_GREENLETS;
    }
    Py_XDECREF(ours);
    Py_XDECREF(before);
}

void greenlets_part(struct collector *c)
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
