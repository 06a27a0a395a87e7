#include "stacks.h"

#include "base/hash.h"
#include "base/vec.h"
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>

/* A position in a code object. */
struct site {
    uint32_t code; /* index into code_funcs */
    int32_t position;
    uint32_t func;
    uint32_t line; /* index into sampled.lines; NO_LINE: a builtin has none */
};

/* One frame of the last stack. */
struct stack_level {
    struct stack_frame frame;
    uint32_t site, node; /* node 0: the tree had no room */
};

#define NO_SITE UINT32_MAX
#define NO_LINE (UINT32_MAX - 1)

#define ARRAY_FIRST 256 /* items */

bool stacks_init(struct stacks *s, uint32_t max_nodes)
{
    *s = (struct stacks){.merge = 1, .last = {CALLTREE_ROOT, NO_LINE}};
    return calltree_init(&s->tree, max_nodes);
}

static uint64_t site_hash(const void *table, uint32_t entry)
{
    const struct site *site = &((const struct stacks *)table)->sites[entry - 1];
    return hash_pair(site->code, (uint32_t)site->position);
}

static uint64_t line_hash(const void *table, uint32_t entry)
{
    const struct line_time *l =
        &((const struct stacks *)table)->sampled.lines[entry - 1];
    return hash_pair(l->func, (uint32_t)l->line);
}

static uint32_t find_site(const struct stacks *s, struct stack_frame frame)
{
    uint32_t code = ptrmap_get(&s->codes, frame.code);
    if (code == PTRMAP_NONE || !s->site_slots.count)
        return NO_SITE;
    uint32_t i = slots_first(&s->site_slots, hash_pair(code, (uint32_t)frame.position));
    for (; s->site_slots.entries[i]; i = slots_next(&s->site_slots, i)) {
        const struct site *site = &s->sites[s->site_slots.entries[i] - 1];
        if (site->code == code && site->position == frame.position)
            return s->site_slots.entries[i] - 1;
    }
    return NO_SITE;
}

bool stacks_knows(const struct stacks *s, struct stack_frame frame)
{
    return find_site(s, frame) != NO_SITE;
}

bool stacks_knows_code(const struct stacks *s, const void *code)
{
    return ptrmap_get(&s->codes, code) != PTRMAP_NONE;
}

bool stacks_learn_code(struct stacks *s, const void *code, struct str file,
                       int32_t first_line, struct str name, struct str qualname,
                       bool hidden)
{
    uint32_t func = functab_intern(&s->functab, file, first_line, name);
    if (func == FUNCTAB_NONE ||
        !VEC_ROOM(s->code_funcs, s->code_count, s->code_cap, ARRAY_FIRST) ||
        !ptrmap_put(&s->codes, code, s->code_count)) {
        s->failed = true;
        return false;
    }
    functab_set_qualname(&s->functab, func, qualname);
    functab_set_hidden(&s->functab, func, hidden);
    s->code_funcs[s->code_count++] = func;
    return true;
}

static bool grow_lines(struct stacks *s)
{
    struct sampled *sampled = &s->sampled;
    uint32_t seen_cap = s->line_cap;
    return VEC_ROOM(s->line_seen, sampled->line_count, seen_cap, ARRAY_FIRST) &&
           VEC_ROOM(sampled->lines, sampled->line_count, s->line_cap, ARRAY_FIRST) &&
           slots_reserve(&s->line_slots, sampled->line_count, line_hash, s);
}

/* Index into sampled.lines; NO_SITE when out of memory. */
static uint32_t intern_line(struct stacks *s, uint32_t func, int32_t line)
{
    uint64_t hash = hash_pair(func, (uint32_t)line);
    if (!grow_lines(s))
        return NO_SITE;
    uint32_t i = slots_first(&s->line_slots, hash);
    for (; s->line_slots.entries[i]; i = slots_next(&s->line_slots, i)) {
        const struct line_time *l = &s->sampled.lines[s->line_slots.entries[i] - 1];
        if (l->func == func && l->line == line)
            return s->line_slots.entries[i] - 1;
    }
    uint32_t index = s->sampled.line_count++;
    s->sampled.lines[index] = (struct line_time){.func = func, .line = line};
    s->line_seen[index] = 0;
    slots_place(&s->line_slots, hash, index + 1);
    return index;
}

bool stacks_learn_site(struct stacks *s, struct stack_frame frame, int32_t line)
{
    uint32_t code = ptrmap_get(&s->codes, frame.code);
    uint32_t func = code == PTRMAP_NONE ? 0 : s->code_funcs[code];
    uint32_t line_index = NO_SITE;
    if (code != PTRMAP_NONE)
        line_index = line ? intern_line(s, func, line) : NO_LINE;
    if (line_index == NO_SITE ||
        !VEC_ROOM(s->sites, s->site_count, s->site_cap, ARRAY_FIRST) ||
        !slots_reserve(&s->site_slots, s->site_count, site_hash, s)) {
        s->failed = true;
        return false;
    }
    s->sites[s->site_count++] = (struct site){code, frame.position, func, line_index};
    slots_place(&s->site_slots, site_hash(s, s->site_count), s->site_count);
    return true;
}

void stacks_forget(struct stacks *s, const void *code)
{
    if (!stacks_knows_code(s, code))
        return;
    ptrmap_forget(&s->codes, code);
    s->depth = 0; /* the last stack may contain it */
}

static bool same_frame(struct stack_frame a, struct stack_frame b)
{
    return a.code == b.code && a.position == b.position;
}

uint32_t stacks_common(const struct stacks *s, const struct stack_frame *frames,
                       uint32_t depth)
{
    uint32_t common = 0;
    while (common < depth && common < s->depth &&
           same_frame(s->stack[common].frame, frames[common]))
        common++;
    return common;
}

bool stacks_ends_alike(const struct stacks *s, const struct stack_frame *frames,
                       uint32_t depth)
{
    return depth == s->depth &&
           (depth == 0 || s->stack[depth - 1].frame.code == frames[depth - 1].code);
}

/* Finds or adds the nodes of the stack. False when out of memory. */
static bool place(struct stacks *s, const struct stack_frame *frames, uint32_t depth)
{
    while (s->stack_cap < depth)
        if (!VEC_ROOM(s->stack, s->stack_cap, s->stack_cap, ARRAY_FIRST))
            return false;
    uint32_t common = stacks_common(s, frames, depth);
    uint32_t parent = common ? s->stack[common - 1].node : CALLTREE_ROOT;
    for (uint32_t i = common; i < depth; i++) {
        uint32_t site = find_site(s, frames[i]);
        if (site == NO_SITE)
            return false;
        uint32_t node = 0;
        if (i == 0 || parent != CALLTREE_ROOT)
            node = calltree_child(&s->tree, parent, s->sites[site].func, NULL);
        s->stack[i] = (struct stack_level){frames[i], site, node};
        parent = node;
    }
    s->depth = depth;
    return true;
}

/* The deepest node of the last stack. Sets *levels to its depth. */
static uint32_t deepest(const struct stacks *s, uint32_t *levels)
{
    uint32_t depth = s->depth;
    while (depth && s->stack[depth - 1].node == 0)
        depth--;
    *levels = depth;
    return depth ? s->stack[depth - 1].node : CALLTREE_ROOT;
}

/* Most requests end before their first sample and need one node only. */
#define WAITS_FEW 8

static bool grow_waits(struct stacks *s)
{
    struct sampled *sampled = &s->sampled;
    uint32_t cap = sampled->node_wait_cap;
    if (cap >= s->tree.count)
        return true;
    uint32_t wanted = s->tree.count <= WAITS_FEW ? WAITS_FEW : s->tree.cap;
    if (!VEC_EXTEND(sampled->node_wait_ns, cap, wanted))
        return false;
    sampled->node_wait_cap = wanted;
    return true;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Splits the time. Limits each part, as the clocks are not read at the same instant. */
static struct sample_parts parts_of(struct sample_time time)
{
    struct sample_parts p = {.rest = time.wait == WAITS_CPU ? WAITS_OTHER : time.wait};
    p.cpu_ns = least(time.cpu_ns, time.dt_ns);
    p.queued_ns = least(time.queued_ns, time.dt_ns - p.cpu_ns);
    p.rest_ns = time.dt_ns - p.cpu_ns - p.queued_ns;
    return p;
}

static enum wait_kind most_of(const struct sample_parts *p)
{
    if (p->cpu_ns >= p->queued_ns && p->cpu_ns >= p->rest_ns)
        return WAITS_CPU;
    return p->queued_ns > p->rest_ns ? WAITS_CPU_WAIT : p->rest;
}

static void charge(struct stacks *s, uint32_t node, struct sample_time time)
{
    s->tree.nodes[node].self += time.dt_ns;
    if (!grow_waits(s)) {
        s->failed = true;
        return;
    }
    struct sample_parts p = parts_of(time);
    uint64_t *waits = s->sampled.node_wait_ns[node];
    waits[WAITS_CPU] += p.cpu_ns;
    waits[WAITS_CPU_WAIT] += p.queued_ns;
    waits[p.rest] += p.rest_ns;
    if (p.rest_ns)
        s->rest = (struct stacks_rest){p, node, s->sampled.timeline_count, 0};
}

/* Halves the timeline. Each moment then stands for twice as many samples. */
static void thin(struct stacks *s)
{
    struct moment *t = s->sampled.timeline;
    for (uint32_t i = 0; i < s->sampled.timeline_count / 2; i++) {
        const struct moment *a = &t[2 * i], *b = &t[2 * i + 1];
        struct moment merged = a->dt_ns > b->dt_ns ? *a : *b;
        merged.dt_ns = a->dt_ns + b->dt_ns;
        t[i] = merged;
    }
    s->sampled.timeline_count /= 2;
    s->merge *= 2;
    s->merged = s->merge;
}

/* The longest of the merged samples gives the moment its node and kind. */
static void merge_moment(struct stacks *s, struct moment moment)
{
    struct moment *last = &s->sampled.timeline[s->sampled.timeline_count - 1];
    uint64_t sum = last->dt_ns + moment.dt_ns;
    if (moment.dt_ns > s->longest_ns) {
        s->longest_ns = moment.dt_ns;
        *last = moment;
    }
    last->dt_ns = sum;
    s->merged++;
}

static bool add_moment(struct stacks *s, struct moment moment)
{
    struct sampled *sampled = &s->sampled;
    if (sampled->timeline_count && s->merged < s->merge) {
        merge_moment(s, moment);
        return true;
    }
    if (sampled->timeline_count == STACKS_TIMELINE_MAX)
        thin(s);
    if (!VEC_ROOM(sampled->timeline, sampled->timeline_count, s->timeline_cap,
                  ARRAY_FIRST))
        return false;
    sampled->timeline[sampled->timeline_count++] = moment;
    s->longest_ns = moment.dt_ns;
    s->merged = 1;
    return true;
}

static void record_moment(struct stacks *s, uint32_t node, struct sample_time time)
{
    struct sample_parts p = parts_of(time);
    enum wait_kind wait = most_of(&p);
    if (!add_moment(s, (struct moment){time.dt_ns, node, (uint32_t)wait}))
        s->failed = true;
}

static void add_self(struct stacks *s, uint32_t line, uint64_t dt_ns)
{
    if (line != NO_LINE)
        s->sampled.lines[line].self_ns += dt_ns;
}

static struct stacks_place last_place(const struct stacks *s, uint32_t node)
{
    uint32_t line = s->depth ? s->sites[s->stack[s->depth - 1].site].line : NO_LINE;
    return (struct stacks_place){node, line};
}

/* Counts the lines of the last stack. A line that is there several times counts
 * once. */
static void pass_lines(struct stacks *s, uint64_t dt_ns, uint64_t hits)
{
    s->passes++;
    for (uint32_t i = 0; i < s->depth; i++) {
        uint32_t line = s->sites[s->stack[i].site].line;
        if (line == NO_LINE || s->line_seen[line] == s->passes)
            continue;
        s->line_seen[line] = s->passes;
        s->sampled.lines[line].total_ns += dt_ns;
        s->sampled.lines[line].hits += hits;
    }
}

/* Counts by function the frames that are too deep for the tree. */
static void count_beneath(struct stacks *s, uint32_t host, uint32_t levels,
                          uint64_t dt_ns)
{
    for (uint32_t i = levels; i < s->depth; i++)
        overflow_enter(&s->overflow, &s->tree, host, s->sites[s->stack[i].site].func,
                       0);
    for (uint32_t i = levels; i < s->depth; i++)
        overflow_leave(&s->overflow, &s->tree, dt_ns);
}

void stacks_sample(struct stacks *s, const struct stack_frame *frames, uint32_t depth,
                   struct sample_time time)
{
    uint32_t levels;
    s->sampled.samples++;
    if (!place(s, frames, depth)) {
        s->failed = true;
        s->depth = 0;
    }
    uint32_t node = deepest(s, &levels);
    s->tree.nodes[node].calls++; /* add_up_calls adds those that pass through */
    charge(s, node, time);
    pass_lines(s, time.dt_ns, 1);
    s->last = last_place(s, node);
    add_self(s, s->last.line, time.dt_ns);
    record_moment(s, node, time);
    if (levels < s->depth)
        count_beneath(s, node, levels, time.dt_ns);
}

struct stacks_place stacks_place(struct stacks *s, const struct stack_frame *frames,
                                 uint32_t depth)
{
    uint32_t levels;
    if (!place(s, frames, depth)) {
        s->failed = true;
        s->depth = 0;
    }
    return last_place(s, deepest(s, &levels));
}

static bool is_last_stack(const struct stacks *s, struct stacks_place place)
{
    uint32_t levels;
    struct stacks_place last = last_place(s, deepest(s, &levels));
    return last.node == place.node && last.line == place.line;
}

void stacks_charge(struct stacks *s, struct stacks_place place, struct sample_time time)
{
    if (!time.dt_ns)
        return;
    charge(s, place.node, time);
    add_self(s, place.line, time.dt_ns);
    if (is_last_stack(s, place))
        pass_lines(s, time.dt_ns, 0);
    else if (place.line != NO_LINE)
        s->sampled.lines[place.line].total_ns += time.dt_ns;
    record_moment(s, place.node, time);
}

void stacks_rest(struct stacks *s, struct sample_time time)
{
    stacks_charge(s, s->last, time);
}

/* A thinned timeline is not corrected: the moment may stand for several samples. */
void stacks_was_queued(struct stacks *s, uint64_t ns)
{
    struct sample_parts *p = &s->rest.parts;
    uint64_t queued = least(ns, p->rest_ns);
    if (!queued) /* the sample may have had no rest */
        return;
    uint64_t *waits = s->sampled.node_wait_ns[s->rest.node];
    waits[p->rest] -= queued;
    waits[WAITS_CPU_WAIT] += queued;
    p->rest_ns -= queued;
    p->queued_ns += queued;
    if (s->rest.peer)
        s->sampled.peers[s->rest.peer - 1].ns -=
            least(queued, s->sampled.peers[s->rest.peer - 1].ns);
    if (s->merge == 1 && s->rest.moment < s->sampled.timeline_count)
        s->sampled.timeline[s->rest.moment].wait = (uint32_t)most_of(p);
}

void stacks_peer(struct stacks *s, const char *name, enum wait_kind wait, uint64_t ns)
{
    struct sampled *sampled = &s->sampled;
    struct peer *p = sampled->peers;
    if (!p && !(p = sampled->peers = calloc(STACKS_PEERS_MAX, sizeof *p))) {
        s->failed = true;
        return;
    }
    struct peer *end = p + sampled->peer_count;
    while (p < end &&
           (p->wait != wait || strncmp(p->name, name, PEER_NAME_SIZE - 1) != 0))
        p++;
    if (p == end && sampled->peer_count == STACKS_PEERS_MAX)
        return;
    if (p == end) {
        snprintf(p->name, sizeof p->name, "%s", name);
        p->wait = wait;
        sampled->peer_count++;
    }
    p->ns += ns;
    if (wait == s->rest.parts.rest)
        s->rest.peer = (uint32_t)(p - sampled->peers) + 1;
}

/* From the end, as children come after their parents. */
static void add_up_calls(struct calltree *t)
{
    for (uint32_t i = t->count; i-- > 1;)
        t->nodes[t->nodes[i].parent].calls += t->nodes[i].calls;
}

static void set_notices(const struct stacks *s, struct profile *p)
{
    if (s->tree.truncated)
        p->notices |= 1u << NOTICE_TRUNCATED;
    if (s->failed || s->overflow.failed)
        p->notices |= 1u << NOTICE_MEMORY;
    if (s->merge > 1)
        p->notices |= 1u << NOTICE_THINNED;
    if (sampled_is_empty(&s->sampled, s->tree.count))
        p->notices |= 1u << NOTICE_NO_SAMPLES;
}

void stacks_finish(struct stacks *s, struct profile *p)
{
    add_up_calls(&s->tree);
    if (!grow_waits(s)) { /* no array is better than one that is too short */
        s->failed = true;
        free(s->sampled.node_wait_ns);
        s->sampled.node_wait_ns = NULL;
        s->sampled.node_wait_cap = 0;
    }
    set_notices(s, p);
    p->functab = s->functab;
    p->tree = s->tree;
    p->overflow = s->overflow;
    p->sampled = s->sampled;
    s->functab = (struct functab){0};
    s->tree = (struct calltree){0};
    s->overflow = (struct overflow){0};
    s->sampled = (struct sampled){0};
    stacks_free(s);
}

void stacks_free(struct stacks *s)
{
    calltree_free(&s->tree);
    overflow_free(&s->overflow);
    functab_free(&s->functab);
    sampled_free(&s->sampled);
    ptrmap_free(&s->codes);
    free(s->code_funcs);
    free(s->sites);
    slots_free(&s->site_slots);
    free(s->line_seen);
    slots_free(&s->line_slots);
    free(s->stack);
    *s = (struct stacks){0};
}
