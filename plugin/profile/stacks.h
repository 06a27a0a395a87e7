/* stacks.h -- turns sampled stacks into a call tree, a timeline and times per line.
 *
 * A frame is the address of a code object and a position in it; together they are a
 * site. The caller teaches each site once: the function of the code, and the line of
 * the position. An address means the same code until stacks_forget, so names are not
 * asked for again.
 *
 *     for each frame, the outermost first:
 *         if (!stacks_knows(s, frame)) stacks_learn_code, stacks_learn_site
 *     stacks_sample(s, frames, depth, ...)
 *
 * Consecutive samples share most of their stack, so only the different part is looked
 * up. Memory is bounded: the tree has at most max_nodes nodes (overflow.h counts the
 * rest), the timeline merges neighbours, and sites and lines are bounded by the size of
 * the app's code. One per request; the user of this unit must lock. */

#ifndef PROFILER_STACKS_H
#define PROFILER_STACKS_H

#include "calltree.h"
#include "functab.h"
#include "overflow.h"
#include "base/ptrmap.h"
#include "sampled.h"

struct profile;

#define STACKS_TIMELINE_MAX 65536 /* moments of 16 bytes each; an even number */
#define STACKS_PEERS_MAX 64

struct stack_frame {
    const void *code; /* never dereferenced here */
    int32_t position; /* in the collector's unit */
};

/* The time that a sample stands for. */
struct sample_time {
    uint64_t dt_ns;      /* since the sample before */
    uint64_t cpu_ns;     /* part of dt_ns in which the thread ran */
    uint64_t queued_ns;  /* part of dt_ns in which it waited for a processor */
    enum wait_kind wait; /* kind of the rest of dt_ns; WAITS_CPU: not known */
};

/* The end of a stack. */
struct stacks_place {
    uint32_t node; /* of the call tree */
    uint32_t line; /* index into sampled.lines, or none */
};

/* A sample's time in parts; their sum is the whole time. */
struct sample_parts {
    uint64_t cpu_ns, queued_ns, rest_ns;
    enum wait_kind rest; /* kind of rest_ns */
};

/* The last sample that had rest_ns above 0. */
struct stacks_rest {
    struct sample_parts parts;
    uint32_t node, moment; /* moment: index in the timeline */
    uint32_t peer; /* 1 + index of the peer that the rest was spent on; 0: none */
};

struct stacks {
    struct functab functab;
    struct calltree tree;
    struct overflow overflow;
    struct sampled sampled;
    struct ptrmap codes; /* code address -> index into code_funcs */
    uint32_t *code_funcs;
    uint32_t code_count, code_cap;
    struct site *sites;
    uint32_t site_count, site_cap;
    struct slots site_slots; /* by code index and position; entry: index + 1 */
    uint64_t *line_seen;     /* by line: the last pass over a stack that counted it */
    uint64_t passes;
    uint32_t line_cap;
    struct slots line_slots;   /* by function and line; entry: index + 1 */
    struct stack_level *stack; /* the last stack, the outermost first */
    uint32_t depth, stack_cap;
    uint32_t timeline_cap;
    uint32_t merged, merge;   /* samples in the last moment; maximum in one */
    uint64_t longest_ns;      /* longest sample in the last moment */
    struct stacks_place last; /* place of the last sample; at first the request */
    struct stacks_rest rest;
    bool failed; /* out of memory: figures are incomplete */
};

/* Returns false when out of memory. */
bool stacks_init(struct stacks *s, uint32_t max_nodes);

bool stacks_knows(const struct stacks *s, struct stack_frame frame);
bool stacks_knows_code(const struct stacks *s, const void *code);

/* Counts the outermost frames that are the same as in the last stack, and so known. */
uint32_t stacks_common(const struct stacks *s, const struct stack_frame *frames,
                       uint32_t depth);

/* True if the innermost frame is at the same depth as that of the last stack, and of
 * the same code. */
bool stacks_ends_alike(const struct stacks *s, const struct stack_frame *frames,
                       uint32_t depth);

/* A frame may be part of a sample only after both calls. Line 0 means that the code has
 * no lines. Return false when out of memory. */
bool stacks_learn_code(struct stacks *s, const void *code, struct str file,
                       int32_t first_line, struct str name, struct str qualname,
                       bool hidden);
bool stacks_learn_site(struct stacks *s, struct stack_frame frame, int32_t line);

/* Forgets a code object that was freed, or that has to be learned again. */
void stacks_forget(struct stacks *s, const void *code);

/* Adds a sample. All frames must be known. An empty stack is the request itself. */
void stacks_sample(struct stacks *s, const struct stack_frame *frames, uint32_t depth,
                   struct sample_time time);

/* Returns the end of a stack: the deepest of its nodes that the tree has room for. */
struct stacks_place stacks_place(struct stacks *s, const struct stack_frame *frames,
                                 uint32_t depth);

/* Charges time to a place without counting a sample. The node of the place gets all of
 * it, even if it was spent in functions below that have no room in the tree. */
void stacks_charge(struct stacks *s, struct stacks_place place,
                   struct sample_time time);

/* Charges the time between the last sample and the end, to the place of that sample. */
void stacks_rest(struct stacks *s, struct sample_time time);

/* Corrects the last sample whose rest_ns was above 0: ns of that rest were a wait for a
 * processor. */
void stacks_was_queued(struct stacks *s, uint64_t ns);

/* Adds time spent waiting for a peer, in the rest of the last sample. */
void stacks_peer(struct stacks *s, const char *name, enum wait_kind wait, uint64_t ns);

/* Moves the result into the profile, and adds notices if it is incomplete. */
void stacks_finish(struct stacks *s, struct profile *p);

void stacks_free(struct stacks *s);

#endif
