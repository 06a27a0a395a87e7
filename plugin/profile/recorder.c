#include "recorder.h"

#include "profile.h"

#define LONGEST ((uint64_t)INT64_MAX)

bool recorder_init(struct recorder *r, uint32_t max_nodes, uint64_t now)
{
    *r = (struct recorder){
        .last = now, .longest = LONGEST, .overflow = {.by_host = true}};
    if (childmap_init(&r->children) && calltree_init(&r->tree, max_nodes))
        return true;
    recorder_free(r);
    return false;
}

uint32_t recorder_learn(struct recorder *r, const void *key, struct str file,
                        int32_t line, struct str name)
{
    uint32_t func = functab_intern(&r->functab, file, line, name);
    if (func == FUNCTAB_NONE || !ptrmap_put(&r->known, key, func))
        return FUNCTAB_NONE;
    return func;
}

void recorder_enter_func(struct recorder *r, const void *key, uint32_t func,
                         uint64_t now)
{
    recorder_charge(r, now);
    if (!recorder_is_beneath(r) && func != FUNCTAB_NONE) {
        uint32_t child = calltree_child(&r->tree, r->current, func, key);
        if (child) {
            childmap_put(&r->children, &r->tree, child);
            recorder_go_down(r, child);
            return;
        }
    }
    if (func == FUNCTAB_NONE)
        overflow_skip(&r->overflow);
    else
        overflow_enter(&r->overflow, &r->tree, r->current, func, now);
    r->longest = 0;
}

static void leave_beneath(struct recorder *r, uint64_t now)
{
    overflow_leave(&r->overflow, &r->tree, now);
    r->longest = overflow_active(&r->overflow) ? 0 : LONGEST;
}

void recorder_leave(struct recorder *r, uint64_t now)
{
    recorder_charge(r, now);
    if (recorder_is_beneath(r))
        leave_beneath(r, now);
    else
        recorder_leave_node(r, now);
}

void recorder_finish(struct recorder *r, struct profile *p, double ns_per_tick,
                     uint64_t now)
{
    recorder_charge(r, now);
    while (recorder_is_beneath(r))
        leave_beneath(r, now);
    if (r->tree.truncated)
        p->notices |= 1u << NOTICE_TRUNCATED;
    if (r->overflow.failed)
        p->notices |= 1u << NOTICE_MEMORY;

    for (uint32_t i = 0; i < r->tree.count; i++) {
        struct calltree_node *n = &r->tree.nodes[i];
        n->self = (uint64_t)((double)n->self * ns_per_tick);
    }
    overflow_scale(&r->overflow, ns_per_tick);
    p->functab = r->functab;
    p->tree = r->tree;
    p->overflow = r->overflow;
    ptrmap_free(&r->known);
    childmap_free(&r->children);
    *r = (struct recorder){0};
}

void recorder_free(struct recorder *r)
{
    calltree_free(&r->tree);
    overflow_free(&r->overflow);
    functab_free(&r->functab);
    ptrmap_free(&r->known);
    childmap_free(&r->children);
    *r = (struct recorder){0};
}
