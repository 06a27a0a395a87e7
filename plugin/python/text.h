/* text.h -- the bytes of a str. GIL held. */

#ifndef PROFILER_TEXT_H
#define PROFILER_TEXT_H

#include "base/str.h"
#include "py.h"

/* As UTF-8, lone surrogates as "surrogatepass" encodes them (see utf8_restore); {NULL,
 * 0} for what is no str. *owner keeps the bytes when Python does not: to be released
 * (Py_XDECREF). No exception is left. */
struct str text_of(PyObject *object, PyObject **owner);

#endif
