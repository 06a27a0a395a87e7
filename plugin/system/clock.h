/* clock.h -- the time stamps of the collectors, in ticks of unknown length.
 *
 * The processor's time stamp counter (10 ns a reading) where the kernel itself trusts
 * it as its clock source, else CLOCK_MONOTONIC (24 ns). The length of a tick is
 * measured for each profile from readings of both at its start and its end, so nothing
 * has to be calibrated. */

#ifndef PROFILER_CLOCK_H
#define PROFILER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* CLOCK_... in nanoseconds. */
static inline uint64_t clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* True when clock_ticks may use the processor's counter. Reads files: ask once. */
bool clock_counter_usable(void);

static inline uint64_t clock_ticks(bool counter)
{
#if defined(__x86_64__)
    if (counter)
        return __rdtsc();
#elif defined(__aarch64__)
    if (counter) {
        uint64_t ticks;
        __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
        return ticks;
    }
#else
    (void)counter;
#endif
    return clock_ns(CLOCK_MONOTONIC);
}

/* A moment on both clocks. */
struct clock_pair {
    uint64_t ticks, ns;
};

/* Also where the thread loses its processor between the one clock and the other. */
struct clock_pair clock_read(bool counter);

/* Nanoseconds a tick between two moments. */
double clock_tick_ns(bool counter, struct clock_pair start, struct clock_pair end);

#endif
