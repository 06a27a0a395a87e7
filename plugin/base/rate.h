/* rate.h -- how often something may happen: at most once in an interval, so many times
 * a minute, one time in so many.
 *
 * Any thread or process that can reach the state may call, without a lock. State is
 * valid when zeroed. now_ns is CLOCK_MONOTONIC, which all processes of a machine share
 * and which is never 0. */

#ifndef PROFILER_RATE_H
#define PROFILER_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* At most once in interval_ns: true for the one caller that is to do it now. *done_ns
 * is when it was last done; 0: never. */
bool rate_due(uint64_t *done_ns, uint64_t now_ns, uint64_t interval_ns);

/* A line of the log, written at most once a minute. Events in between are counted. */
struct rate_log {
    uint64_t written_ns; /* see rate_due */
    unsigned events;     /* since then */
};

/* Counts an event. Returns the events that the line stands for, if it is to be written
 * now; else 0. */
unsigned rate_log_pass(struct rate_log *r, uint64_t now_ns);

/* Counts an event while the log takes no line. */
void rate_log_hold(struct rate_log *r);

/* Takes the events that no line stands for yet: for the last line of a process. */
unsigned rate_log_rest(struct rate_log *r);

/* So many a minute: takes one, and is false when most of them are taken in the minute
 * of now_ns. The word is
 *
 *     minute since the clock's start : 32 | taken in it : 32
 *
 * A word of another minute, a later one too, counts as an empty one, so no state can
 * lock anybody out for longer than a minute. */
bool rate_take_of_minute(uint64_t *word, uint64_t now_ns, uint32_t most);

#define RATE_ALWAYS 1000000000u /* a chance is counted in billionths */

/* One time in so many: draws, and is it a hit? *state may start anywhere, best where no
 * other process's does.
 *
 * A draw is one atomic addition (of the golden ratio's bits, so that no state comes
 * twice in 2^64 draws) and splitmix64's mixing of the sum. */
static inline bool rate_draw(uint64_t *state, uint32_t billionths)
{
    uint64_t z = __atomic_add_fetch(state, 0x9e3779b97f4a7c15u, __ATOMIC_RELAXED);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (z >> 32) * RATE_ALWAYS >> 32 < billionths;
}

#endif
