/* redact.h -- removes flags from the query strings that reports show. */

#ifndef PROFILER_REDACT_H
#define PROFILER_REDACT_H

#include "options/config.h"

/* Appends the query without flags: without the parameters that query triggers name, and
 * without any parameter that hides a flag with a key or signature in its name or value,
 * however often it is encoded (a login's "next=%2F%3Fprofile%3D..."). The rest stays
 * unchanged, byte for byte. */
void redact_query(const struct config *c, struct str query, struct buf *out);

/* As redact_query, for the query of a URL. Also removes a '?' that nothing follows, and
 * a fragment that hides a flag with a key or signature. */
void redact_url(const struct config *c, struct str url, struct buf *out);

#endif
