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

/* Appends a member `key`. It is an object with a member for each kind of wait that has
 * time, but not for CPU time. add writes one such member; it converts the
 * nanoseconds. */
void facts_add_waits(const struct profile *p, const char *key,
                     void (*add)(struct buf *out, const char *key, uint64_t ns),
                     struct buf *out);

#endif
