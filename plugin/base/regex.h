/* regex.h -- PCRE2 patterns: compiled once, then read by any thread.
 *
 * UTF mode; invalid UTF-8 in a subject is matched around, not an error
 * (PCRE2_MATCH_INVALID_UTF). A match limit bounds hostile patterns; a search that
 * meets it counts as "no match". \w, \d and the like know all of Unicode, as in Python.
 * JIT-compiled where this machine allows it. */

#ifndef PROFILER_REGEX_H
#define PROFILER_REGEX_H

#include "buf.h"

struct regex; /* opaque, immutable after regex_compile */

/* NULL with what is wrong and where in *error ("missing ) at offset 3"). */
struct regex *regex_compile(struct str pattern, struct buf *error);

/* As re.search: anywhere in the subject. False also when memory runs out. */
bool regex_search(const struct regex *r, struct str subject);

void regex_free(struct regex *r);

#endif
