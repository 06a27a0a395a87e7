#include "offswitch.h"

#include "base/rate.h"
#include "system/clock.h"
#include "server.h"

#include <errno.h>
#include <sys/stat.h>

#define LOOK_INTERVAL_NS 1000000000u

static word64 looked_ns; /* see rate_due */
static bool there;       /* atomic; the last result */
static bool logged;      /* atomic; an error was logged */

static void log_once(int reason)
{
    if (!__atomic_exchange_n(&logged, true, __ATOMIC_RELAXED))
        profiler_log("profiler-off-file: cannot look for %s: %s; profiling stays on",
                     profiler.config.off_file, strerror(reason));
}

static void look(void)
{
    struct stat st;
    bool found = stat(profiler.config.off_file, &st) == 0;
    if (!found && errno != ENOENT && errno != ENOTDIR)
        log_once(errno);
    __atomic_store_n(&there, found, __ATOMIC_RELAXED);
}

void offswitch_prepare(void)
{
    if (!profiler.config.off_file)
        return;
    looked_ns = clock_ns(CLOCK_MONOTONIC);
    look();
}

bool offswitch_is_on(void)
{
    if (!profiler.config.off_file)
        return false;
    if (rate_due(&looked_ns, clock_ns(CLOCK_MONOTONIC), LOOK_INTERVAL_NS))
        look();
    return __atomic_load_n(&there, __ATOMIC_RELAXED);
}
