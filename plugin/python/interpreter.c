#include "interpreter.h"

#include "exceptions.h"
#include "text.h"

/* Returns the version up to and with its second dot: "3.11." */
static struct str minor_version(const char *version)
{
    const char *dot = strchr(version, '.');
    dot = dot ? strchr(dot + 1, '.') : NULL;
    return (struct str){version, dot ? (size_t)(dot + 1 - version) : strlen(version)};
}

bool interpreter_is_there(void)
{
    return Py_GetVersion;
}

bool interpreter_check(struct buf *error)
{
    if (!interpreter_is_there()) {
        buf_add_text(error, "there is no Python in this server yet: load its plugin "
                            "first, with \"plugin = python3\" on a line before "
                            "\"need-plugin = profiler\"");
        return false;
    }
    struct str built = minor_version(PY_VERSION "."),
               here = minor_version(Py_GetVersion());
    if (!str_equal(built, here)) {
        buf_printf(error,
                   "built for Python %.*s, but this server has Python %.*s: build it "
                   "again with make UWSGI=<this uwsgi>, or with uwsgi-profiler build "
                   "if pip has installed it",
                   (int)built.len - 1, built.data, (int)here.len - 1, here.data);
        return false;
    }
    if (strstr(Py_GetVersion(), "free-threading")) {
        buf_add_text(error, "this server's Python is free-threaded, which is not "
                            "supported: use one with the GIL");
        return false;
    }
    return true;
}

bool interpreter_is_up(void)
{
    return Py_IsInitialized();
}

struct str interpreter_version(void)
{
    const char *version = Py_GetVersion();
    return (struct str){version, strcspn(version, " ")};
}

void interpreter_add_prefixes(struct origins *o)
{
    static const char *const names[] = {"prefix", "base_prefix", "exec_prefix",
                                        "base_exec_prefix"};
    PyGILState_STATE gil = PyGILState_Ensure();
    struct pending pending = exception_hold();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        PyObject *owner;
        struct str prefix = text_of(PySys_GetObject(names[i]), &owner);
        if (prefix.data)
            origins_add(o, prefix);
        Py_XDECREF(owner);
    }
    exception_give_back(pending);
    PyGILState_Release(gil);
}

struct str interpreter_exception(void)
{
    PyObject *type = PyErr_Occurred();
    if (!type)
        return (struct str){NULL, 0};
    const char *name = ((PyTypeObject *)type)->tp_name;
    const char *dot = strrchr(name, '.');
    return str_from(dot ? dot + 1 : name);
}

void interpreter_exhaust(void **iterator)
{
    struct pending pending = exception_hold();
    PyObject *nothing = PyTuple_New(0);
    PyObject *empty = nothing ? PyObject_GetIter(nothing) : NULL;
    Py_XDECREF(nothing);
    if (empty) {
        Py_XDECREF((PyObject *)*iterator);
        *iterator = empty;
    }
    PyErr_Clear();
    exception_give_back(pending);
}

static PyThreadState *current_thread_state(void)
{
#if PY_VERSION_HEX >= 0x030d0000
    return PyThreadState_GetUnchecked();
#else
    return _PyThreadState_UncheckedGet();
#endif
}

void *interpreter_thread(void)
{
    return PyThreadState_Get();
}

/* Up to 3.11, the current thread state belongs to the process, not to the thread. It
 * proves that this thread holds the GIL only if it is this thread's. */
struct interpreter_hold interpreter_enter(void *thread)
{
    PyThreadState *current = current_thread_state();
    if (current && (current == thread || current == PyGILState_GetThisThreadState())) {
        if (current != thread)
            PyThreadState_Swap(thread);
        return (struct interpreter_hold){current};
    }
    PyEval_RestoreThread(thread);
    return (struct interpreter_hold){NULL};
}

void interpreter_exit(struct interpreter_hold hold)
{
    if (hold.before)
        PyThreadState_Swap(hold.before);
    else
        PyEval_SaveThread();
}

/* Up to 3.11 see interpreter_enter. Later the current thread state is the thread's
 * own. */
void *interpreter_go_away(void)
{
    if (!interpreter_is_there() || !interpreter_is_up())
        return NULL;
    PyThreadState *current = current_thread_state();
#if PY_VERSION_HEX < 0x030c0000
    if (current != PyGILState_GetThisThreadState())
        return NULL;
#endif
    return current ? PyEval_SaveThread() : NULL;
}

void interpreter_come_back(void *thread)
{
    if (thread)
        PyEval_RestoreThread(thread);
}
