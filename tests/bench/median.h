/* median.h -- the middle one of durations that were measured. */

#ifndef BENCH_MEDIAN_H
#define BENCH_MEDIAN_H

#include <stdint.h>
#include <stdlib.h>

static inline int median_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* In microseconds, of nanoseconds, which are sorted then. */
static inline double median_us(uint64_t *values_ns, size_t count)
{
    qsort(values_ns, count, sizeof *values_ns, median_compare);
    return (double)values_ns[count / 2] / 1000;
}

#endif
