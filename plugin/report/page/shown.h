/* shown.h -- the part of a call tree and of a timeline that a report shows, given how
 * many nodes and moments it may show. Nodes are in preorder.
 *
 *     total     9 --- 5 --- 3        at most 3:    9 --- 5
 *                \     \--- 2                        \
 *                 \--- 4 --- 1                        \--- 4
 *
 * The nodes with the most total time are shown; their ancestors have at least as much.
 * If nodes are equal, the one that was called first is shown. Whole subtrees are left
 * out. Their self time moves to the nearest node above that is shown, so sums stay
 * correct, and .left says how much moved. Their calls are no longer in the tree. In
 * deterministic mode, .left also contains the time of calls that had no room in the
 * tree (overflow.h); in sampling mode it does not, because the waits of those calls are
 * not known separately.
 *
 * In the timeline, neighbours are merged until it fits. A merged moment has the node
 * and the kind of its longest part.
 *
 * Linear time, no recursion. The profile does not change, and must not change as long
 * as the result is used. */

#ifndef PROFILER_SHOWN_H
#define PROFILER_SHOWN_H

#include "profile/preorder.h"
#include "profile/profile.h"

/* Each at least 1. */
struct shown_limits {
    uint32_t nodes, moments;
};

extern const struct shown_limits shown_all;

/* The time of nodes that are not shown and whose nearest shown node is at `place`. It
 * is part of the self time of that place. */
struct shown_left {
    uint32_t place;
    uint32_t func; /* has more than half of ns; FUNCTAB_NONE: none has */
    uint64_t ns;
    uint64_t waits[WAIT_KINDS]; /* ns by kind of wait; zeros if not known */
};

struct shown {
    /* The nodes that are shown. order.places is by node of the whole tree: for a node
     * that is not shown, it is the place of the nearest node above that is shown. */
    struct preorder order;
    uint64_t *self;                /* by place; owned */
    uint64_t (*waits)[WAIT_KINDS]; /* by place: self by kind of wait; owned; NULL: not
                                      known */
    struct shown_left *left;       /* ascending by place; owned */
    uint32_t left_count;
    struct moment *moments; /* .node is the place of the node; owned */
    uint32_t moment_count;
};

/* Returns false when out of memory; *s is empty then. */
bool shown_make(struct shown *s, const struct profile *p,
                const struct shown_limits *limits);

void shown_free(struct shown *s);

#endif
