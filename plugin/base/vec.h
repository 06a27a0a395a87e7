/* vec.h -- arrays on the heap that grow. Each is a pointer beside its counts, in the
 * struct that owns it; free() frees it.
 *
 * All functions check sizes for overflow. On failure (out of memory, or too large) they
 * return false, and array and counts are unchanged. array is the address of the array's
 * pointer, of any type; the macros take the pointer itself. */

#ifndef PROFILER_VEC_H
#define PROFILER_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Gives the array room for exactly this number of items, at least one. For lists that
 * rarely grow, and only by one item at a time. */
#define VEC_RESIZE(array, items) vec_resize(&(array), (items), sizeof *(array))

bool vec_resize(void *array, size_t items, size_t size);

/* As vec_resize. Items at index `from` and above are then zero. */
#define VEC_EXTEND(array, from, items)                                                 \
    vec_extend(&(array), (from), (items), sizeof *(array))

bool vec_extend(void *array, size_t from, size_t items, size_t size);

/* Makes room for one item more than count in an array that doubles; an empty one starts
 * with first. The test is inline because hot paths almost never grow. */
#define VEC_ROOM(array, count, cap, first)                                             \
    ((count) < (cap) || vec_double(&(array), &(cap), (first), sizeof *(array)))

bool vec_double(void *array, uint32_t *cap, uint32_t first, size_t size);

#endif
