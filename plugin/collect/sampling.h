/* sampling.h -- the sampling collector: hands its request to the process's sampler. */

#ifndef PROFILER_SAMPLING_H
#define PROFILER_SAMPLING_H

#include "collector_kind.h"

extern const struct collector_kind sampling_kind;

#endif
