#include "clock.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
static bool file_has_line_with(const char *path, const char *a, const char *b)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    char line[8192];
    bool found = false;
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, a) && strstr(line, b);
    fclose(file);
    return found;
}
#endif

bool clock_counter_usable(void)
{
#if defined(__x86_64__)
    return file_has_line_with("/proc/cpuinfo", " constant_tsc", " nonstop_tsc") &&
           file_has_line_with(
               "/sys/devices/system/clocksource/clocksource0/current_clocksource",
               "tsc", "");
#elif defined(__aarch64__)
    return true; /* the generic timer: constant, and the same on all processors */
#else
    return false;
#endif
}

/* The shortest of several readings counts: the others may have been interrupted. */
#define READINGS 3

struct clock_pair clock_read(bool counter)
{
    struct clock_pair best = {0};
    uint64_t shortest = UINT64_MAX;
    if (!counter) {
        best.ticks = best.ns = clock_ns(CLOCK_MONOTONIC);
        return best;
    }
    for (int i = 0; i < READINGS; i++) {
        uint64_t before = clock_ticks(counter), ns = clock_ns(CLOCK_MONOTONIC);
        uint64_t took = clock_ticks(counter) - before;
        if (took < shortest) {
            shortest = took;
            best = (struct clock_pair){before + took / 2, ns};
        }
    }
    return best;
}

double clock_tick_ns(bool counter, struct clock_pair start, struct clock_pair end)
{
    if (!counter || end.ticks <= start.ticks || end.ns <= start.ns)
        return 1.0;
    return (double)(end.ns - start.ns) / (double)(end.ticks - start.ticks);
}
