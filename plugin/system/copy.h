/* copy.h -- copies memory of this process that may not be there. */

#ifndef PROFILER_COPY_H
#define PROFILER_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies from the live stack of another thread, which may end at any moment: the kernel
 * checks the address, a plain load would fault. */
bool copy_memory(uint64_t address, void *to, size_t size);

#endif
