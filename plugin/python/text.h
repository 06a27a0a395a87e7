/* text.h -- returns the bytes of a str. GIL held. */

#ifndef PROFILER_TEXT_H
#define PROFILER_TEXT_H

#include "base/str.h"
#include "py.h"

/* Returns UTF-8, with lone surrogates as in "surrogatepass" (see utf8_restore); {NULL,
 * 0} if object is not a str. *owner keeps the bytes alive if Python does not: release
 * it with Py_XDECREF. Leaves no exception set. */
struct str text_of(PyObject *object, PyObject **owner);

#endif
