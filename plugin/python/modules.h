/* modules.h -- the modules that the app has imported. GIL held. */

#ifndef PROFILER_MODULES_H
#define PROFILER_MODULES_H

#include "py.h"

/* One that is asked for with every request: static, made with its text alone. */
struct module_name {
    const char *text;
    PyObject *object; /* owned, never given back */
};

/* Borrowed; NULL, with no exception set, when it is not imported. It may still be about
 * to be. */
PyObject *module_imported(struct module_name *name);

#endif
