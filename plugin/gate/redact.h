/* redact.h -- removes flags from the query strings that reports show. */

#ifndef PROFILER_REDACT_H
#define PROFILER_REDACT_H

#include "options/config.h"

/* Appends the query without flags. Leaves out the parameters that query triggers name.
 * Also leaves out any parameter that may hide a flag with a key or signature, as a
 * login's "next=%2F%3Fprofile%3D..." does: its name or value contains "key=" or "sig=",
 * percent-encoded up to four times. The rest stays unchanged, byte for byte. */
void redact_query(const struct config *c, struct str query, struct buf *out);

/* As redact_query, for the query of a URL. Also removes a '?' that nothing follows, and
 * a fragment that hides a flag with a key or signature. */
void redact_url(const struct config *c, struct str url, struct buf *out);

#endif
