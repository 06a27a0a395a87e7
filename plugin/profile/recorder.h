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
 * and for a return:
 *
 *     if (!recorder_leave_node(r, now))
 *         recorder_leave(r, now);
 *
 * One thread at a time. */

#ifndef PROFILER_RECORDER_H
#define PROFILER_RECORDER_H

#include "childmap.h"
#include "functab.h"
#include "overflow.h"
#include "base/ptrmap.h"

struct profile;

/* What every event needs comes first. */
struct recorder {
    uint64_t last;    /* ticks at the last event */
    uint64_t longest; /* ticks between two events; 0 if the running function is not in
                         the tree (overflow_active) */
    uint32_t current; /* the node that runs, or the host of the frame that runs */
    struct childmap children;
    struct calltree tree;
    struct ptrmap known; /* key -> function id */
    struct functab functab;
    struct overflow overflow;
};

/* Returns false when out of memory. */
bool recorder_init(struct recorder *r, uint32_t max_nodes, uint64_t now);

static inline bool recorder_is_beneath(const struct recorder *r)
{
    return r->longest == 0;
}

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
    if (recorder_is_beneath(r))
        recorder_charge(r, now);
    else if (now > r->last)
        r->tree.nodes[CALLTREE_ROOT].self += now - r->last;
    r->last = now;
}

/* As recorder_charge, with one comparison. Returns false, and does nothing, below a
 * full tree and if the counter has stepped back: the difference is then huge. */
static inline bool recorder_advance(struct recorder *r, uint64_t now)
{
    uint64_t elapsed = now - r->last;
    if (elapsed >= r->longest)
        return false;
    r->tree.nodes[r->current].self += elapsed;
    r->last = now;
    return true;
}

static inline void recorder_go_down(struct recorder *r, uint32_t child)
{
    r->tree.nodes[child].calls++;
    r->current = child;
}

static inline struct calltree_node *recorder_current(const struct recorder *r)
{
    return &r->tree.nodes[r->current];
}

/* Records a call if earlier calls show which child it goes to. Otherwise returns false:
 * the caller must record the call with recorder_enter_func. */
static inline bool recorder_enter(struct recorder *r, const void *key, uint64_t now)
{
    uint32_t child;
    if (!recorder_advance(r, now) ||
        !childmap_get(&r->children, &r->tree, r->current, key, &child))
        return false;
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

/* Records a return. Ignores returns of calls from before the start. */
void recorder_leave(struct recorder *r, uint64_t now);

/* The same for most returns. Otherwise returns false: recorder_leave must record it. */
static inline bool recorder_leave_node(struct recorder *r, uint64_t now)
{
    if (!recorder_advance(r, now))
        return false;
    r->current = r->tree.nodes[r->current].parent; /* the root's: itself */
    return true;
}

/* Moves the result into the profile, in nanoseconds, and adds notices if it is
 * incomplete. The recorder is empty afterwards. */
void recorder_finish(struct recorder *r, struct profile *p, double ns_per_tick,
                     uint64_t now);

void recorder_free(struct recorder *r);

#endif
