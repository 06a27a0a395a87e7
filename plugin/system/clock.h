/* clock.h -- reads clocks. Collectors take time stamps in ticks.
 *
 * A tick comes from the processor's time stamp counter (10 ns per reading) if the
 * kernel uses that as its own clock source, else from CLOCK_MONOTONIC (24 ns per
 * reading). Each profile measures the length of its ticks: it reads both clocks at its
 * start and at its end. So nothing has to be calibrated. */

#ifndef PROFILER_CLOCK_H
#define PROFILER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* Returns CLOCK_... in nanoseconds. */
static inline uint64_t clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* May clock_ticks use the processor's counter? Reads files: call it once. */
bool clock_counter_usable(void);

/* The processor's counter, if it is usable. */
static inline uint64_t clock_counter(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return 0;
#endif
}

static inline uint64_t clock_ticks(bool counter)
{
    return counter ? clock_counter() : clock_ns(CLOCK_MONOTONIC);
}

/* One moment, on both clocks. */
struct clock_pair {
    uint64_t ticks, ns;
};

/* Reads both clocks. Correct even when the thread is interrupted between the two
 * readings. */
struct clock_pair clock_read(bool counter);

/* Returns the nanoseconds per tick between two moments. */
double clock_tick_ns(bool counter, struct clock_pair start, struct clock_pair end);

#endif
