/* facts.h -- the facts about a request, as members of a JSON object. Used by
 * index.jsonl and by the log. */

#ifndef PROFILER_FACTS_H
#define PROFILER_FACTS_H

#include "base/buf.h"
#include "profile/profile.h"

/* Appends the members "id", "time", "method", "path", "query", "status", "elapsed_ms",
 * "mode", "exception" and "notices". Each text has at most `most` bytes
 * (json_text_most). */
void facts_add(const struct profile *p, size_t most, struct buf *out);

/* Appends the member key, an object with the time of each kind of wait that is not
 * zero: add writes one of them, from nanoseconds. CPU time is a member of its own. */
void facts_add_waits(const struct profile *p, const char *key,
                     void (*add)(struct buf *out, const char *key, uint64_t ns),
                     struct buf *out);

#endif
