#include "vec.h"

#include <stdlib.h>
#include <string.h>

/* Copies the pointer, whose type only the caller knows. */
bool vec_resize(void *array, size_t items, size_t size)
{
    void *data;
    size_t bytes;
    if (__builtin_mul_overflow(items, size, &bytes))
        return false;
    memcpy(&data, array, sizeof data);
    data = realloc(data, bytes);
    if (!data)
        return false;
    memcpy(array, &data, sizeof data);
    return true;
}

bool vec_extend(void *array, size_t from, size_t items, size_t size)
{
    char *data;
    if (!vec_resize(array, items, size))
        return false;
    memcpy(&data, array, sizeof data);
    memset(data + from * size, 0, (items - from) * size);
    return true;
}

bool vec_double(void *array, uint32_t *cap, uint32_t first, size_t size)
{
    uint32_t wanted = *cap ? *cap * 2 : first;
    if (wanted <= *cap || !vec_resize(array, wanted, size))
        return false;
    *cap = wanted;
    return true;
}
