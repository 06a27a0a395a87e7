#include "greenlets.h"

#include "modules.h"

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

/* The request goes on in a greenlet that it has started itself, whose calls are left
 * out: its report must say so. (A hub, where others wait, is no child of it.) */
static void tell_of_child(struct collector *c, PyObject *target)
{
    PyObject *parent = PyObject_GetAttrString(target, "parent");
    if (!parent)
        PyErr_Clear();
    if (parent && parent == c->greenlet)
        c->notices |= 1u << NOTICE_GREENLETS;
    Py_XDECREF(parent);
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
        if (result && left && !collector_thread.current)
            tell_of_child(left, PyTuple_GET_ITEM(pair, 1));
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
