/* keep.h -- profiler-keep: which of the profiles that nobody asked for are worth a
 * report, decided once the request has ended.
 *
 * A set of rules, of which any may match. Owns nothing; zeroed it keeps nothing. */

#ifndef PROFILER_KEEP_H
#define PROFILER_KEEP_H

#include "base/buf.h"

#include <stdint.h>

#define KEEP_RULES "all, slower:500ms, status:5xx, status:404, exception"

struct keep {
    bool all, exception;
    uint64_t slower_ns;    /* of this length, or longer; 0: no such rule */
    uint64_t statuses[16]; /* one bit a status, 100 to 999 */
};

/* What of a request the rules look at. */
struct keep_facts {
    uint64_t took_ns;
    int status; /* of the app's answer; 0: it gave none */
    bool exception;
};

/* Adds one rule: "slower:500ms". False with what is wrong in *error. */
bool keep_add(struct keep *k, struct str rule, struct buf *error);

/* The rules as an option would name them: "slower:500ms, status:5xx, exception". Of
 * statuses beside whole classes the first eight, and how many more there are. Nothing
 * for no rule. */
void keep_describe(const struct keep *k, struct buf *out);

bool keep_wants(const struct keep *k, const struct keep_facts *facts);

#endif
