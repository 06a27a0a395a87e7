#include "codewatch.h"

#include "base/vec.h"

/* One for all interpreters: the hooks below have no argument. */
static void (*on_death)(const void *code);

#if PY_VERSION_HEX >= 0x030c0000

static int on_event(PyCodeEvent event, PyCodeObject *code)
{
    if (event == PY_CODE_EVENT_DESTROY)
        on_death(code);
    return 0;
}

static bool is_watched(const struct codewatch *w, const PyInterpreterState *interpreter)
{
    for (int i = 0; i < w->count; i++)
        if (w->interpreters[i] == interpreter)
            return true;
    return false;
}

/* A watcher is never removed: it returns at once while no request is sampled. */
bool codewatch_on(struct codewatch *w, void (*died)(const void *code), const char **why)
{
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    if (is_watched(w, interpreter))
        return true;
    if (!VEC_RESIZE(w->interpreters, (size_t)w->count + 1)) {
        *why = "out of memory";
        return false;
    }
    on_death = died;
    if (PyCode_AddWatcher(on_event) < 0) {
        PyErr_Clear();
        *why = "other tools hold all of the interpreter's code watchers";
        return false;
    }
    w->interpreters[w->count++] = interpreter;
    return true;
}

void codewatch_off(void)
{
}

#else

static destructor dealloc_before;

static void on_dealloc(PyObject *code)
{
    on_death(code);
    dealloc_before(code);
}

bool codewatch_on(struct codewatch *w, void (*died)(const void *code), const char **why)
{
    (void)w, (void)why;
    on_death = died;
    if (PyCode_Type.tp_dealloc != on_dealloc) {
        dealloc_before = PyCode_Type.tp_dealloc;
        PyCode_Type.tp_dealloc = on_dealloc;
    }
    return true;
}

void codewatch_off(void)
{
    if (PyCode_Type.tp_dealloc == on_dealloc)
        PyCode_Type.tp_dealloc = dealloc_before;
}

#endif
