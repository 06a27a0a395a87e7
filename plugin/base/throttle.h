/* throttle.h -- a line of the log that is written at most once a minute.
 *
 * What happens in between is counted. Valid when zeroed; any thread, no lock. */

#ifndef PROFILER_THROTTLE_H
#define PROFILER_THROTTLE_H

#include <stdint.h>

#define THROTTLE_INTERVAL_NS 60000000000u

struct throttle {
    uint64_t told_ns; /* when it was last told; 0: never */
    unsigned since;   /* what has happened since, and was not told */
};

/* It has happened once more. How often since it was last told, if it is to be told now;
 * else 0. now_ns is CLOCK_MONOTONIC, and not 0. */
unsigned throttle_pass(struct throttle *t, uint64_t now_ns);

/* It has happened, and cannot be told now. */
void throttle_hold(struct throttle *t);

/* How often it has happened and was not told: at the end, when no later line will. */
unsigned throttle_rest(struct throttle *t);

#endif
