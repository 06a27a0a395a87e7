/* names.h -- what a function is called, as cProfile calls it.
 *
 * Source: label() in CPython's Lib/cProfile.py and normalizeUserObj in _lsprof.c. GIL
 * held. A pending exception stays pending; what naming itself raises is dropped. */

#ifndef PROFILER_NAMES_H
#define PROFILER_NAMES_H

#include "profile/recorder.h"
#include "py.h"

/* Gives key the function of this code object, with its qualified name (from Python 3.11
 * on; reports that are to be like cProfile's do without it). FUNCTAB_NONE: out of
 * memory. */
uint32_t names_learn_code(struct recorder *r, const void *key, PyCodeObject *code);

/* Gives key an object that stands for code: named as its co_filename, co_firstlineno
 * and co_name say, where it has them, else by its type. Runs Python code when its
 * attributes do. */
uint32_t names_learn_object(struct recorder *r, const void *key, PyObject *object);

/* Gives key the builtin: its definition, the object it is bound to (a module for a
 * plain function; NULL for none), and the value of __module__ (may be NULL). Runs
 * Python code when the type of self has an attribute whose repr() does. */
uint32_t names_learn_builtin(struct recorder *r, const void *key,
                             const PyMethodDef *def, PyObject *self, PyObject *module);

#endif
