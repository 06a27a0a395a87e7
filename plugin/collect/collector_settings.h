/* collector_settings.h -- what a collector is started with. */

#ifndef PROFILER_COLLECTOR_SETTINGS_H
#define PROFILER_COLLECTOR_SETTINGS_H

#include "profile/mode.h"

#include <stdint.h>

struct collector_settings {
    enum profile_mode mode;
    uint32_t max_nodes;
    uint64_t interval_ns; /* sampling only */
    uint64_t max_ns;      /* what comes later is not collected: NOTICE_TIME */
};

#endif
