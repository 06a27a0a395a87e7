#include "threads.h"

#include "profile/profile.h"
#include "collector_kind.h"
#include "python/exceptions.h"
#include "python/modules.h"

/* The functions before ours. */
static PyCFunction start_before;
static PyCFunctionWithKeywords start_joinable_before;

/* GIL held, on the thread that starts another. */
static void set_notice(void)
{
    struct collector *c = collector_thread.current;
    if (c && !c->ended.ns)
        c->notices |= 1u << NOTICE_THREADS;
}

static PyObject *on_start(PyObject *module, PyObject *args)
{
    set_notice();
    return start_before(module, args);
}

static PyObject *on_start_joinable(PyObject *module, PyObject *args, PyObject *keywords)
{
    set_notice();
    return start_joinable_before(module, args, keywords);
}

static void replace(PyMethodDef *def)
{
    PyCFunction joinable = (PyCFunction)(void (*)(void))on_start_joinable;
    bool starts = strcmp(def->ml_name, "start_new_thread") == 0 ||
                  strcmp(def->ml_name, "start_new") == 0;
    if (starts && def->ml_flags == METH_VARARGS && def->ml_meth != on_start) {
        start_before = def->ml_meth;
        def->ml_meth = on_start;
    } else if (strcmp(def->ml_name, "start_joinable_thread") == 0 &&
               def->ml_flags == (METH_VARARGS | METH_KEYWORDS) &&
               def->ml_meth != joinable) {
        start_joinable_before = (PyCFunctionWithKeywords)(void (*)(void))def->ml_meth;
        def->ml_meth = joinable;
    }
}

void threads_watch(void)
{
    static struct module_name thread = {.text = "_thread"};
    static bool watched;
    if (watched)
        return;
    struct pending pending = exception_hold();
    PyObject *module = module_imported(&thread);
    const PyModuleDef *def =
        module && PyModule_Check(module) ? PyModule_GetDef(module) : NULL;
    for (PyMethodDef *m = def ? def->m_methods : NULL; m && m->ml_name; m++)
        replace(m);
    watched = true;
    exception_give_back(pending);
}
