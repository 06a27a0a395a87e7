/* word64.h -- a 64-bit number that several threads or processes change.
 *
 * On 32-bit x86, a uint64_t may lie across two cache lines. gcc's atomic accesses are
 * not atomic then, and clang calls a library that the plugin is not linked to. */

#ifndef PROFILER_WORD64_H
#define PROFILER_WORD64_H

#include <stdint.h>

typedef uint64_t word64 __attribute__((aligned(8)));

#endif
