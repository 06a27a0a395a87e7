/* recorder.h -- turns calls and returns into a call tree.
 *
 * Each event charges the time since the event before to the function that ran. Then a
 * call moves down to a child, a return moves up to the parent. Calls that have no room
 * in the tree are counted by overflow.h. A key identifies a function: an address that
 * means no other function as long as the recorder runs. A function gets its id when it
 * is first called.
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

/* The child that a call went to the last time. */
struct recorder_memo {
    const void *key;
    uint32_t parent, child;
};

struct recorder {
    struct calltree tree;
    struct overflow overflow;
    struct functab functab;
    struct ptrmap known; /* key -> function id */
    uint64_t last;       /* ticks at the last event */
    uint32_t current;    /* the node that runs, or the host of the frame that runs */
    bool beneath;        /* overflow_active: the running function is not in the tree */
    struct recorder_memo memo[RECORDER_MEMO]; /* by hash of parent and key */
};

/* Returns false when out of memory. */
bool recorder_init(struct recorder *r, uint32_t max_nodes, uint64_t now);

/* If the counter steps back (a virtual machine moved), one interval is lost. */
static inline void recorder_charge(struct recorder *r, uint64_t now)
{
    if (now > r->last)
        r->tree.nodes[r->current].self += now - r->last;
    r->last = now;
}

/* Charges the profiler's own time to the request. Below a full tree it goes to the
 * running function, because overflow.h measures from call to return. */
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

/* Records a call if earlier calls show which child it goes to. Otherwise returns false:
 * the time is charged, and the caller must record the call with recorder_enter_func. */
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

/* Returns the id of a function that was called before; FUNCTAB_NONE for a new key. */
static inline uint32_t recorder_known(const struct recorder *r, const void *key)
{
    return ptrmap_get(&r->known, key);
}

/* Assigns a function to a new key. Returns FUNCTAB_NONE when out of memory. */
uint32_t recorder_learn(struct recorder *r, const void *key, struct str file,
                        int32_t line, struct str name);

/* Records a call for which recorder_enter returned false. func is FUNCTAB_NONE when
 * memory ran out; then only calls and returns stay balanced. */
void recorder_enter_func(struct recorder *r, const void *key, uint32_t func,
                         uint64_t now);

void recorder_leave_beneath(struct recorder *r, uint64_t now);

/* Records a return. Ignores returns of calls from before the start. */
static inline void recorder_leave(struct recorder *r, uint64_t now)
{
    recorder_charge(r, now);
    if (r->beneath)
        recorder_leave_beneath(r, now);
    else
        r->current = r->tree.nodes[r->current].parent; /* the root's: itself */
}

/* Moves the result into the profile, in nanoseconds, and adds notices if it is
 * incomplete. The recorder is empty afterwards. */
void recorder_finish(struct recorder *r, struct profile *p, double ns_per_tick,
                     uint64_t now);

void recorder_free(struct recorder *r);

#endif
