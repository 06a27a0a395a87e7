/* codewatch.h -- tells when a code object dies.
 *
 * The sampler knows code objects by their address, without references to them. Up to
 * Python 3.11 the type's dealloc function is replaced while somebody watches, from 3.12
 * on PyCode_AddWatcher is used, once for each interpreter. */

#ifndef PROFILER_CODEWATCH_H
#define PROFILER_CODEWATCH_H

#include "python/py.h"

#include <stdbool.h>

struct codewatch {
    PyInterpreterState **interpreters; /* owned; those that have our watcher */
    int count;
};

/* From now on died is called, with the GIL, for each code object of this interpreter
 * that is destroyed. It is the same function for the whole process. GIL held. False
 * with the reason in *why. */
bool codewatch_on(struct codewatch *w, void (*died)(const void *code),
                  const char **why);

/* Nobody watches any more. GIL held. */
void codewatch_off(void);

#endif
