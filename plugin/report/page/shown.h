/* shown.h -- the nodes of a finished call tree as a report shows them, in preorder, and
 * the moments of its timeline: not more than it has room for.
 *
 *     total     9 --- 5 --- 3        at most 3:    9 --- 5
 *                \     \--- 2                        \
 *                 \--- 4 --- 1                        \--- 4
 *
 * The nodes with the most total time stay, and with each all that are above it. Whole
 * subtrees go: their self time becomes that of the nearest node above that stays, so
 * that sums are what they were, and left says how much of it that is; their calls are
 * not in the tree any more. The time of calls that the tree itself had no room for
 * counts as left, too (in deterministic mode; in sampling mode its waits are not known
 * apart). Of equals the one that was called first stays. Of the timeline, as many
 * neighbours as need be are merged into one, which is what the longest of them was.
 * Linear, without recursion. The profile is not changed, and must not change meanwhile.
 */

#ifndef PROFILER_SHOWN_H
#define PROFILER_SHOWN_H

#include "profile/preorder.h"
#include "profile/profile.h"

/* Each at least 1. */
struct shown_limits {
    uint32_t nodes, moments;
};

extern const struct shown_limits shown_all;

/* Time below a place that is in no node below it: part of the place's self time. */
struct shown_left {
    uint32_t place;
    uint32_t func; /* had more than half of ns; FUNCTAB_NONE: none had */
    uint64_t ns;
    uint64_t waits[WAIT_KINDS]; /* ns in parts; zeros where that is not known */
};

struct shown {
    /* Of the nodes that are shown. places are by node of the whole tree: a node that is
     * not shown stands where the nearest above it that is shown does. */
    struct preorder order;
    uint64_t *self;                /* by place; owned */
    uint64_t (*waits)[WAIT_KINDS]; /* by place: self in parts; owned; NULL: not known */
    struct shown_left *left;       /* by place, ascending; owned */
    uint32_t left_count;
    struct moment *moments; /* node: its place; owned */
    uint32_t moment_count;
};

/* False when out of memory, and *s empty. */
bool shown_make(struct shown *s, const struct profile *p,
                const struct shown_limits *limits);

void shown_free(struct shown *s);

#endif
