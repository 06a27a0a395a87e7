/* keep.h -- profiler-keep: decides, after a request has ended, whether its automatic
 * profile is reported.
 *
 * A set of rules; one match is enough. An empty set (all zeros) keeps no profile. It
 * needs no function that frees it. */

#ifndef PROFILER_KEEP_H
#define PROFILER_KEEP_H

#include "base/buf.h"

#include <stdint.h>

#define KEEP_RULES "all, slower:500ms, status:5xx, status:404, exception"

struct keep {
    bool all, exception;
    uint64_t slower_ns;    /* minimum length; 0: no such rule */
    uint64_t statuses[16]; /* one bit per status from 100 to 999 */
};

/* The facts of a request that the rules check. */
struct keep_facts {
    uint64_t took_ns;
    int status; /* of the app's answer; 0: no answer */
    bool exception;
};

/* Adds one rule, such as "slower:500ms". False with what is wrong in *error. */
bool keep_add(struct keep *k, struct str rule, struct buf *error);

/* Appends the rules in the option's syntax: "slower:500ms, status:5xx, exception".
 * Shows whole classes of statuses, the first eight other statuses, and the number of
 * the rest. Appends nothing if there is no rule. */
void keep_describe(const struct keep *k, struct buf *out);

bool keep_wants(const struct keep *k, const struct keep_facts *facts);

#endif
