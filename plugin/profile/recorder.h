/* recorder.h -- turns calls and returns into a call tree.
 *
 * Each event charges the time since the last one to the function that ran; a call goes
 * down to a child, a return up to the parent. What the tree has no room for is counted
 * by overflow.h. Functions are known by a key (an address that stays the function's as
 * long as the recorder runs), and get their id when they are first called.
 *
 * A collector does, for a call:
 *
 *     if (!recorder_enter(r, key, now))
 *         recorder_enter_func(r, key, recorder_known(r, key) or a new id, now);
 *
 * and for a return: recorder_leave(r, now). One thread at a time. */

#ifndef PROFILER_RECORDER_H
#define PROFILER_RECORDER_H

#include "calltree.h"
#include "functab.h"
#include "overflow.h"
#include "base/ptrmap.h"

struct profile;

#define RECORDER_MEMO 512 /* a power of two; 8 KB */

/* Where a call went the last time. */
struct recorder_memo {
    const void *key;
    uint32_t parent, child;
};

struct recorder {
    struct calltree tree;
    struct overflow overflow;
    struct functab functab;
    struct ptrmap known; /* key -> function id */
    uint64_t last;       /* ticks of the last event */
    uint32_t current;    /* the node that runs, or hosts what runs */
    bool beneath;        /* overflow_active: what runs is not in the tree */
    struct recorder_memo memo[RECORDER_MEMO]; /* by parent and key, the last one each */
};

/* False when out of memory. */
bool recorder_init(struct recorder *r, uint32_t max_nodes, uint64_t now);

/* A counter that has stepped back (a virtual machine that moved) costs one interval. */
static inline void recorder_charge(struct recorder *r, uint64_t now)
{
    if (now > r->last)
        r->tree.nodes[r->current].self += now - r->last;
    r->last = now;
}

/* Time that is the profiler's own goes to the request; beneath a full tree, where times
 * are taken between call and return, to what runs. */
static inline void recorder_charge_request(struct recorder *r, uint64_t now)
{
    if (r->beneath)
        recorder_charge(r, now);
    else if (now > r->last)
        r->tree.nodes[CALLTREE_ROOT].self += now - r->last;
    r->last = now;
}

static inline struct recorder_memo *recorder_memo(struct recorder *r, const void *key)
{
    uintptr_t hash = ((uintptr_t)key >> 4) + (uintptr_t)r->current * 31;
    return &r->memo[hash & (RECORDER_MEMO - 1)];
}

static inline void recorder_go_down(struct recorder *r, uint32_t child)
{
    calltree_follow(&r->tree, r->current, child);
    r->tree.nodes[child].calls++;
    r->current = child;
}

static inline struct calltree_node *recorder_current(const struct recorder *r)
{
    return &r->tree.nodes[r->current];
}

/* A call, when its place is known by what was called before; else false, with the time
 * charged and the call still to be recorded by recorder_enter_func. */
static inline bool recorder_enter(struct recorder *r, const void *key, uint64_t now)
{
    recorder_charge(r, now);
    if (r->beneath)
        return false;
    uint32_t child = calltree_predict(&r->tree, r->current, key);
    if (!child) {
        const struct recorder_memo *memo = recorder_memo(r, key);
        if (memo->key != key || memo->parent != r->current)
            return false;
        child = memo->child;
    }
    recorder_go_down(r, child);
    return true;
}

/* The id of a function called before; FUNCTAB_NONE when the key is new. */
static inline uint32_t recorder_known(const struct recorder *r, const void *key)
{
    return ptrmap_get(&r->known, key);
}

/* Gives a new key its function. FUNCTAB_NONE when out of memory. */
uint32_t recorder_learn(struct recorder *r, const void *key, struct str file,
                        int32_t line, struct str name);

/* The call that recorder_enter left over. func may be FUNCTAB_NONE: then memory ran
 * out, and the call is only kept balanced. */
void recorder_enter_func(struct recorder *r, const void *key, uint32_t func,
                         uint64_t now);

void recorder_leave_beneath(struct recorder *r, uint64_t now);

/* A return. Those of calls from before the start are ignored. */
static inline void recorder_leave(struct recorder *r, uint64_t now)
{
    recorder_charge(r, now);
    if (r->beneath)
        recorder_leave_beneath(r, now);
    else
        r->current = r->tree.nodes[r->current].parent; /* the root's is the root */
}

/* Moves all that was recorded into the profile, in nanoseconds, with notices where it
 * is not whole; nothing is left in the recorder. */
void recorder_finish(struct recorder *r, struct profile *p, double ns_per_tick,
                     uint64_t now);

void recorder_free(struct recorder *r);

#endif
