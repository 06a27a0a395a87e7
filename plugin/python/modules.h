/* modules.h -- the modules that the app has imported. GIL held. */

#ifndef PROFILER_MODULES_H
#define PROFILER_MODULES_H

#include "py.h"

/* The name of a module that every request looks up: static, initialised with .text
 * only. */
struct module_name {
    const char *text;
    PyObject *object; /* owned, never released */
};

/* Returns a borrowed reference; NULL, with no exception set, when not imported. The
 * import may still be in progress. */
PyObject *module_imported(struct module_name *name);

#endif
