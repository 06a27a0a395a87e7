#include "wait.h"

const char *wait_name(enum wait_kind kind)
{
    static const char *const names[WAIT_KINDS] = {
        [WAIT_CPU] = "cpu",
        [WAIT_GIL] = "gil",
        [WAIT_SLEEP] = "sleep",
        [WAIT_NETWORK_READ] = "network read",
        [WAIT_NETWORK_WRITE] = "network write",
        [WAIT_DISK] = "disk",
        [WAIT_LOCK] = "lock",
        [WAIT_CHILD] = "child",
        [WAIT_OTHER] = "other",
        [WAIT_SWITCHED_OUT] = "switched out",
    };
    return names[kind];
}
