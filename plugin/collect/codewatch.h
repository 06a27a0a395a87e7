/* codewatch.h -- calls a function whenever Python destroys a code object.
 *
 * The sampler knows code objects by their address and holds no references to them. Up
 * to Python 3.11, the type's dealloc function is replaced while a request is sampled.
 * From 3.12 on, each interpreter gets a watcher (PyCode_AddWatcher). */

#ifndef PROFILER_CODEWATCH_H
#define PROFILER_CODEWATCH_H

#include "python/py.h"

#include <stdbool.h>

struct codewatch {
    PyInterpreterState **interpreters; /* owned; those that have our watcher */
    int count;
};

/* From now on, calls died (GIL held) for each code object of this interpreter that is
 * destroyed. All calls must pass the same function: it is stored once per process. GIL
 * held. False, with the reason in *why, on failure. */
bool codewatch_on(struct codewatch *w, void (*died)(const void *code),
                  const char **why);

/* Ends the calls up to Python 3.11; does nothing from 3.12 on. GIL held. */
void codewatch_off(void);

#endif
