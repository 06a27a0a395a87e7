/* metrics.h -- registers the counters of shared.h as metrics of the server. */

#ifndef PROFILER_METRICS_H
#define PROFILER_METRICS_H

/* Call it after shared_create and before the fork. Does nothing when the server has no
 * metrics. */
void metrics_register(void);

#endif
