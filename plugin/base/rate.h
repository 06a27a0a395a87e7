/* rate.h -- limits how often something happens: at most once per interval, a number of
 * times per minute, or with a probability.
 *
 * Any thread or process that can access the state may call, without a lock. State is
 * valid when zeroed. now_ns is CLOCK_MONOTONIC, which all processes of a machine share
 * and which is never 0. */

#ifndef PROFILER_RATE_H
#define PROFILER_RATE_H

#include "word64.h"

#include <stdbool.h>
#include <stdint.h>

/* At most once per interval_ns. Returns true to the one caller that must do it now.
 * *done_ns is the time when it was done last; 0: never. */
bool rate_due(word64 *done_ns, uint64_t now_ns, uint64_t interval_ns);

/* A log line that is written at most once a minute. Events in between are counted. */
struct rate_log {
    word64 written_ns; /* see rate_due */
    unsigned events;   /* since then */
};

/* Counts an event. If the line must be written now, returns the number of events that
 * it stands for; otherwise 0. */
unsigned rate_log_pass(struct rate_log *r, uint64_t now_ns);

/* Counts an event without writing the line, when the log cannot take it. */
void rate_log_hold(struct rate_log *r);

/* Returns the number of events since the last line, and sets it to 0. For the line that
 * a process writes when it ends. */
unsigned rate_log_rest(struct rate_log *r);

/* A number of times per minute. Returns false if `most` were already taken in the
 * minute of now_ns; otherwise takes one. The word is
 *
 *     minute since the clock's start : 32 | taken in it : 32
 *
 * A word of another minute counts as empty, even one of a later minute. So no state can
 * block callers for more than a minute. */
bool rate_take_of_minute(word64 *word, uint64_t now_ns, uint32_t most);

/* How many were taken in the minute of now_ns. */
uint32_t rate_taken_of_minute(const word64 *word, uint64_t now_ns);

#define RATE_ALWAYS 1000000000u /* probability 1, in billionths */

/* With a probability: makes a random draw and returns true for a hit. *state may start
 * with any value; each process should start with a different one.
 *
 * A draw is one atomic addition of the golden ratio's bits, which repeats no state
 * within 2^64 draws. splitmix64 mixes the sum. */
static inline bool rate_draw(word64 *state, uint32_t billionths)
{
    uint64_t z = __atomic_add_fetch(state, 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (z >> 32) * RATE_ALWAYS >> 32 < billionths;
}

#endif
