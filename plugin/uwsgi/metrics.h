/* metrics.h -- the counters of shared.h among the server's metrics. */

#ifndef PROFILER_METRICS_H
#define PROFILER_METRICS_H

/* After shared_create and before the fork; nothing where the server has no metrics. */
void metrics_register(void);

#endif
