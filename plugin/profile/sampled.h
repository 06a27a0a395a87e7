/* sampled.h -- what sampling knows of a request beside its call tree.
 *
 * In the tree, a node's calls are the samples that it was on the stack of, and its self
 * time is that of the samples taken in it: each stands for the time since the one
 * before. Part of a profile: owns its arrays, immutable once the request has ended.
 * Valid when zeroed. */

#ifndef PROFILER_SAMPLED_H
#define PROFILER_SAMPLED_H

#include "base/str.h"
#include "system/wait.h"

#include <stdint.h>

/* One moment of the timeline, in order of time. */
struct moment {
    uint64_t dt_ns; /* the time that it stands for: up to it, since the one before */
    uint32_t node;  /* of the call tree */
    uint32_t wait;  /* enum wait_kind: what most of that time went to */
};

/* One line of a function. */
struct line_time {
    uint32_t func;
    int32_t line;
    uint64_t self_ns;  /* of samples that were in this line, and in no call from it */
    uint64_t total_ns; /* with the calls from it; a line that is on a stack twice counts
                          once */
    uint64_t hits;     /* samples that had the line on their stack */
};

#define PEER_NAME_SIZE 112

/* Somebody who was waited for. */
struct peer {
    char name[PEER_NAME_SIZE]; /* "10.0.0.5:5432", "/run/db.sock" */
    uint32_t wait;             /* enum wait_kind */
    uint64_t ns;
};

struct sampled {
    uint64_t samples;
    uint64_t lost; /* ticks that got no whole stack; their time went to the next one */
    uint64_t (*node_wait_ns)[WAIT_KINDS]; /* by node: its self time in parts */
    uint32_t node_wait_cap;
    struct moment *timeline;
    uint32_t timeline_count; /* fewer than samples when it was thinned */
    struct line_time *lines;
    uint32_t line_count;
    struct peer *peers;
    uint32_t peer_count;
};

/* The request's whole time in one kind: the sum over its nodes. */
uint64_t sampled_wait_ns(const struct sampled *s, uint32_t node_count,
                         enum wait_kind kind);

/* Is nothing known of where the time went: no sample was taken, and nothing was
 * switched out? node_count: of the call tree. */
static inline bool sampled_is_empty(const struct sampled *s, uint32_t node_count)
{
    return s->samples == 0 && node_count <= 1;
}

void sampled_free(struct sampled *s);

#endif
