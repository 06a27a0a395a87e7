/* exceptions.h -- sets a pending exception aside while the profiler calls Python. */

#ifndef PROFILER_EXCEPTIONS_H
#define PROFILER_EXCEPTIONS_H

#include "py.h"

struct pending {
    PyObject *type, *value, *traceback;
};

static inline struct pending exception_hold(void)
{
    struct pending e = {0};
#if PY_VERSION_HEX >= 0x030c0000
    e.value = PyErr_GetRaisedException();
#else
    PyErr_Fetch(&e.type, &e.value, &e.traceback);
#endif
    return e;
}

/* Restores the exception; drops any that was raised in between. */
static inline void exception_give_back(struct pending e)
{
#if PY_VERSION_HEX >= 0x030c0000
    PyErr_SetRaisedException(e.value);
#else
    PyErr_Restore(e.type, e.value, e.traceback);
#endif
}

#endif
