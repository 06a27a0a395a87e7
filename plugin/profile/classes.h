/* classes.h -- methods by the class of their object, where that is not the class which
 * defines them: "SecurityMiddleware.__call__" for a call of MiddlewareMixin.__call__.
 *
 * By node of the call tree: one whose calls were for objects of several classes has
 * none. Valid when zeroed. */

#ifndef PROFILER_CLASSES_H
#define PROFILER_CLASSES_H

#include "base/buf.h"

#include <stdint.h>

struct class_label {
    uint32_t node;
    size_t offset, len;
};

struct classes {
    struct class_label *labels; /* by node, ascending */
    uint32_t count, cap;
    struct buf text;
};

/* The nodes in ascending order. False when out of memory: nothing has changed. */
bool classes_add(struct classes *c, uint32_t node, struct str type, struct str method);

struct str classes_label(const struct classes *c, uint32_t i);

void classes_free(struct classes *c);

/* The class in a qualified name: "B" of "A.B.method"; none of a function's own, which
 * has <locals> there. */
struct str classes_of_name(struct str qualname);

#endif
