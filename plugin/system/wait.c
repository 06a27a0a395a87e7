#include "wait.h"

const char *wait_name(enum wait_kind kind)
{
    static const char *const names[WAIT_KINDS] = {
        [WAITS_CPU] = "cpu",
        [WAITS_GIL] = "gil",
        [WAITS_SLEEP] = "sleep",
        [WAITS_NETWORK_READ] = "network read",
        [WAITS_NETWORK_WRITE] = "network write",
        [WAITS_DISK] = "disk",
        [WAITS_LOCK] = "lock",
        [WAITS_CHILD] = "child",
        [WAITS_OTHER] = "other",
        [WAITS_SWITCHED_OUT] = "switched out",
        [WAITS_LOOP] = "event loop",
        [WAITS_CPU_WAIT] = "cpu wait",
    };
    return names[kind];
}
