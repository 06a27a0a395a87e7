/* stacks.h -- turns sampled stacks into a call tree, a timeline and times by line.
 *
 * A frame is a code object's address and a position in it. What stands there, its site,
 * is learned when it is first seen: the function of the code, the line of the position.
 * An address names the same code until it is forgotten (stacks_forget), so names are
 * never asked for later.
 *
 *     for each frame, the outermost first:
 *         if (!stacks_knows(s, frame)) stacks_learn_code, stacks_learn_site
 *     stacks_sample(s, frames, depth, ...)
 *
 * Consecutive samples share most of their stack, and only what differs is looked up.
 * Memory is bounded: the tree by max_nodes (what it has no room for is counted by
 * overflow.h), the timeline by merging neighbours, sites and lines by the app's code.
 * One per request; its user keeps other threads out. */

#ifndef PROFILER_STACKS_H
#define PROFILER_STACKS_H

#include "calltree.h"
#include "functab.h"
#include "overflow.h"
#include "base/ptrmap.h"
#include "sampled.h"

struct profile;

#define STACKS_TIMELINE_MAX 65536 /* moments of 16 bytes; even */
#define STACKS_PEERS_MAX 64

struct stack_frame {
    const void *code; /* never followed here */
    int32_t position; /* in the collector's unit */
};

/* What a sample is of. */
struct sample_time {
    uint64_t dt_ns;      /* since the sample before */
    uint64_t cpu_ns;     /* of that, the thread ran for so long */
    uint64_t queued_ns;  /* and waited for a processor for so long */
    enum wait_kind wait; /* the rest; WAITS_CPU: not known */
};

/* Where a stack ends. */
struct stacks_place {
    uint32_t node; /* of the call tree */
    uint32_t line; /* index into sampled.lines, or none */
};

/* The parts of a sample's time, which together are all of it. */
struct sample_parts {
    uint64_t cpu_ns, queued_ns, rest_ns;
    enum wait_kind rest; /* where the rest went */
};

/* The last sample whose time had a rest. */
struct stacks_rest {
    struct sample_parts parts;
    uint32_t node, moment; /* of the timeline */
    uint32_t peer;         /* 1 + its number: waited for in that rest; 0: none */
};

struct stacks {
    struct functab functab;
    struct calltree tree;
    struct overflow overflow;
    struct sampled sampled;
    struct ptrmap codes; /* address -> index into code_funcs */
    uint32_t *code_funcs;
    uint32_t code_count, code_cap;
    struct site *sites;
    uint32_t site_count, site_cap;
    struct slots site_slots; /* by code index and position; entry: index + 1 */
    uint64_t *line_seen;     /* by line: the pass over a stack that counted it last */
    uint64_t passes;
    uint32_t line_cap;
    struct slots line_slots;   /* by function and line; entry: index + 1 */
    struct stack_level *stack; /* the last stack, the outermost first */
    uint32_t depth, stack_cap;
    uint32_t timeline_cap;
    uint32_t merged, merge;   /* samples in the last moment; how many one takes */
    uint64_t longest_ns;      /* of those merged in the last moment */
    struct stacks_place last; /* of the last sample; at first the request */
    struct stacks_rest rest;
    bool failed; /* out of memory: figures are incomplete */
};

/* False when out of memory. */
bool stacks_init(struct stacks *s, uint32_t max_nodes);

bool stacks_knows(const struct stacks *s, struct stack_frame frame);
bool stacks_knows_code(const struct stacks *s, const void *code);

/* How many of the outermost frames are those of the last stack, and so known. */
uint32_t stacks_common(const struct stacks *s, const struct stack_frame *frames,
                       uint32_t depth);

/* Is the innermost frame as deep as that of the last stack, and of the same code? */
bool stacks_ends_alike(const struct stacks *s, const struct stack_frame *frames,
                       uint32_t depth);

/* Both must be given before a frame is part of a sample. Line 0: it has no lines. False
 * when out of memory. */
bool stacks_learn_code(struct stacks *s, const void *code, struct str file,
                       int32_t first_line, struct str name, struct str qualname,
                       bool hidden);
bool stacks_learn_site(struct stacks *s, struct stack_frame frame, int32_t line);

/* The code object is gone, or is to be learned anew. */
void stacks_forget(struct stacks *s, const void *code);

/* Adds a sample; all frames are known. An empty stack is the request itself. */
void stacks_sample(struct stacks *s, const struct stack_frame *frames, uint32_t depth,
                   struct sample_time time);

/* Where a stack ends: of its nodes the deepest that the tree has room for. */
struct stacks_place stacks_place(struct stacks *s, const struct stack_frame *frames,
                                 uint32_t depth);

/* Time in a place that no sample was taken in. What the tree has no room for beneath
 * the node is not counted by function: the node's has it all. */
void stacks_charge(struct stacks *s, struct stacks_place place,
                   struct sample_time time);

/* The time after the last sample: goes to where that was. */
void stacks_rest(struct stacks *s, struct sample_time time);

/* So much of the rest, in the last sample that had one, turns out to have been a wait
 * for a processor. */
void stacks_was_queued(struct stacks *s, uint64_t ns);

/* Somebody who was waited for, in the last sample's rest. */
void stacks_peer(struct stacks *s, const char *name, enum wait_kind wait, uint64_t ns);

/* Moves everything into the profile, with notices where it is not whole. */
void stacks_finish(struct stacks *s, struct profile *p);

void stacks_free(struct stacks *s);

#endif
