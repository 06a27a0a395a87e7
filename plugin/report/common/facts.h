/* facts.h -- what is known of a request, as members of a JSON object: in index.jsonl
 * and in the log. */

#ifndef PROFILER_FACTS_H
#define PROFILER_FACTS_H

#include "base/buf.h"
#include "profile/profile.h"

/* The members "id", "time", "method", "path", "query", "status", "elapsed_ms", "mode",
 * "exception" and "notices"; texts in at most so many bytes each (json_text_most). */
void facts_add(const struct profile *p, size_t most, struct buf *out);

#endif
