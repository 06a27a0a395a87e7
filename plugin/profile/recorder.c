#include "recorder.h"

#include "profile.h"

bool recorder_init(struct recorder *r, uint32_t max_nodes, uint64_t now)
{
    *r = (struct recorder){.last = now, .overflow = {.by_host = true}};
    return calltree_init(&r->tree, max_nodes);
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
    if (!r->beneath && func != FUNCTAB_NONE) {
        uint32_t child = calltree_child(&r->tree, r->current, func, key);
        if (child) {
            *recorder_memo(r, key) = (struct recorder_memo){key, r->current, child};
            recorder_go_down(r, child);
            return;
        }
    }
    if (func == FUNCTAB_NONE)
        overflow_skip(&r->overflow);
    else
        overflow_enter(&r->overflow, &r->tree, r->current, func, now);
    r->beneath = true;
}

void recorder_leave_beneath(struct recorder *r, uint64_t now)
{
    overflow_leave(&r->overflow, &r->tree, now);
    r->beneath = overflow_active(&r->overflow);
}

void recorder_finish(struct recorder *r, struct profile *p, double ns_per_tick,
                     uint64_t now)
{
    recorder_charge(r, now);
    while (r->beneath)
        recorder_leave_beneath(r, now);
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
    *r = (struct recorder){0};
}

void recorder_free(struct recorder *r)
{
    calltree_free(&r->tree);
    overflow_free(&r->overflow);
    functab_free(&r->functab);
    ptrmap_free(&r->known);
    *r = (struct recorder){0};
}
