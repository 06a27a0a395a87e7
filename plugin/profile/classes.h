/* classes.h -- class names for inherited methods, by node of the call tree.
 *
 * A call of MiddlewareMixin.__call__ on a SecurityMiddleware object gets the label
 * "SecurityMiddleware.__call__". A node has a label only if all its calls were for
 * objects of one class, and another class defines the method. Valid when zeroed. */

#ifndef PROFILER_CLASSES_H
#define PROFILER_CLASSES_H

#include "base/buf.h"

#include <stdint.h>

struct class_label {
    uint32_t node;
    size_t offset, len;
};

struct classes {
    struct class_label *labels; /* owned; ascending by node */
    uint32_t count, cap;
    struct buf text;
};

/* Adds the label "type.method". Callers add nodes in ascending order. Returns false
 * when out of memory; c is unchanged then. */
bool classes_add(struct classes *c, uint32_t node, struct str type, struct str method);

struct str classes_label(const struct classes *c, uint32_t i);

void classes_free(struct classes *c);

/* The class in a qualified name: "B" for "A.B.method". Returns {NULL, 0} for a plain
 * function and for one that is local to another ("f.<locals>.g"). */
struct str classes_of_name(struct str qualname);

#endif
