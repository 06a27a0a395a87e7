/* regex.h -- PCRE2 patterns: compiled once, then used by any thread.
 *
 * UTF mode. Invalid UTF-8 in a subject is no error: the search skips it
 * (PCRE2_MATCH_INVALID_UTF). A match limit bounds expensive patterns; a search that
 * reaches it counts as "no match". \w, \d and the like know all of Unicode, as in
 * Python. Uses the JIT if the machine allows it. */

#ifndef PROFILER_REGEX_H
#define PROFILER_REGEX_H

#include "buf.h"

#include <stdint.h>

struct regex; /* opaque; immutable after regex_compile */

/* Returns NULL with the error and its place in *error ("missing ) at offset 3"). */
struct regex *regex_compile(struct str pattern, struct buf *error);

/* As re.search: matches anywhere in the subject. Also returns false when out of
 * memory. */
bool regex_search(const struct regex *r, struct str subject);

/* The number of capture groups in the pattern. */
uint32_t regex_groups(const struct regex *r);

/* As regex_search. Also sets the first `count` groups, from \1 on, to views into the
 * subject; {NULL, 0} for a group that took no part in the match, or does not exist. */
bool regex_search_groups(const struct regex *r, struct str subject, struct str *groups,
                         uint32_t count);

void regex_free(struct regex *r);

#endif
