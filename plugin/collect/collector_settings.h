/* collector_settings.h -- the settings of one collector. */

#ifndef PROFILER_COLLECTOR_SETTINGS_H
#define PROFILER_COLLECTOR_SETTINGS_H

#include "profile/mode.h"

#include <stdint.h>

struct collector_settings {
    enum profile_mode mode;
    uint32_t max_nodes;
    uint64_t interval_ns; /* sampling only */
    uint64_t max_ns; /* length limit of the profile; longer requests get NOTICE_TIME */
};

#endif
