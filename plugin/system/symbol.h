/* symbol.h -- the size of a variable of a loaded object. */

#ifndef PROFILER_SYMBOL_H
#define PROFILER_SYMBOL_H

#include <stddef.h>

/* Looks into the table of symbols that the dynamic linker uses. 0 when no object has a
 * symbol of this name at this address. (glibc's dladdr1 is not everywhere.) */
size_t symbol_size(const void *address, const char *name);

#endif
