/* sampled.h -- the data of sampling mode besides the call tree.
 *
 * In the tree of a sampled profile, calls is the number of samples with the node on
 * their stack. self is the time of the samples taken in the node: each sample stands
 * for the time since the sample before. Part of a profile: owns its arrays, immutable
 * after the request has ended. Valid when zeroed. */

#ifndef PROFILER_SAMPLED_H
#define PROFILER_SAMPLED_H

#include "base/str.h"
#include "system/wait.h"

#include <stdint.h>

/* One moment of the timeline. The array is in order of time. */
struct moment {
    uint64_t dt_ns; /* nanoseconds from the moment before to this one */
    uint32_t node;  /* of the call tree */
    uint32_t wait;  /* enum wait_kind: the kind that most of dt_ns went to */
};

/* The time of one line of a function. */
struct line_time {
    uint32_t func;
    int32_t line;
    uint64_t self_ns;  /* time in this line itself, not in calls from it */
    uint64_t total_ns; /* time with calls from it; recursion counts once */
    uint64_t hits;     /* samples with the line on their stack */
};

#define PEER_NAME_SIZE 112

/* A peer that the request waited for. */
struct peer {
    char name[PEER_NAME_SIZE]; /* "10.0.0.5:5432", "/run/db.sock" */
    uint32_t wait;             /* enum wait_kind */
    uint64_t ns;
};

struct sampled {
    uint64_t samples;
    uint64_t lost; /* ticks without a complete stack; the next sample has their time */
    uint64_t (*node_wait_ns)[WAIT_KINDS]; /* by node: self time by kind */
    uint32_t node_wait_cap;
    struct moment *timeline;
    uint32_t timeline_count; /* fewer than samples if the timeline was thinned */
    struct line_time *lines;
    uint32_t line_count;
    struct peer *peers;
    uint32_t peer_count;
};

/* The request's total time in one kind of wait: the sum over its nodes. */
uint64_t sampled_wait_ns(const struct sampled *s, uint32_t node_count,
                         enum wait_kind kind);

/* True if nothing is known about where the time went: no sample was taken, and the
 * request was never switched out. node_count is that of the call tree. */
static inline bool sampled_is_empty(const struct sampled *s, uint32_t node_count)
{
    return s->samples == 0 && node_count <= 1;
}

void sampled_free(struct sampled *s);

#endif
