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

#endif
