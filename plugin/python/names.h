/* names.h -- names functions as cProfile does.
 *
 * Sources: label() in CPython's Lib/cProfile.py and normalizeUserObj in _lsprof.c. GIL
 * held. A pending exception stays pending; exceptions of the naming itself are
 * dropped. */

#ifndef PROFILER_NAMES_H
#define PROFILER_NAMES_H

#include "profile/recorder.h"
#include "py.h"

/* Adds the function of a code object to r, under key, and returns its id. From
 * Python 3.11 on, the function also has a qualified name; reports in cProfile's format
 * do not use it. FUNCTAB_NONE when out of memory. */
uint32_t names_learn_code(struct recorder *r, const void *key, PyCodeObject *code);

/* Adds an object that stands for code, under key. Its name comes from its co_filename,
 * co_firstlineno and co_name, or from its type if it has none. Runs Python code if its
 * attributes do. */
uint32_t names_learn_object(struct recorder *r, const void *key, PyObject *object);

/* Adds a builtin, under key. self: the object it is bound to (a module for a plain
 * function), or NULL. module: the value of __module__, or NULL. Runs Python code if the
 * repr() of an attribute of self's type does. */
uint32_t names_learn_builtin(struct recorder *r, const void *key,
                             const PyMethodDef *def, PyObject *self, PyObject *module);

#endif
