/* redact.h -- what reports show of a query string: everything but the flags. */

#ifndef PROFILER_REDACT_H
#define PROFILER_REDACT_H

#include "options/config.h"

/* Adds the query without the parameters that its query triggers name, and without those
 * in whose value or name, however often it is encoded, a flag with a key or signature
 * is hidden (a login's "next=%2F%3Fprofile%3D..."). The rest is as it was, byte for
 * byte. */
void redact_query(const struct config *c, struct str query, struct buf *out);

/* The same for the query of a URL; a '?' with nothing behind it goes, too, and so does
 * a fragment in which such a flag is hidden. */
void redact_url(const struct config *c, struct str url, struct buf *out);

#endif
