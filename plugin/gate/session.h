/* session.h -- the cookie that a signed URL sets. It opens the shelf.
 *
 * Its value is "EXP.MAC": the time at which it expires, and the HMAC-SHA256 with the
 * key over a tag, the shelf's path, and that time. A flag is signed over a text that
 * begins with a method. The tag has a blank and no method has one, so neither signature
 * can be used for the other. */

#ifndef PROFILER_SESSION_H
#define PROFILER_SESSION_H

#include "options/secret.h"
#include "base/buf.h"

#include <stdint.h>

#define SESSION_COOKIE "profiler_session"

/* Appends the cookie's value. False when out of memory. */
bool session_write(const struct secret *key, struct str shelf, int64_t expires_s,
                   struct buf *out);

/* Is this cookie's value a session of the shelf, and not expired? now_s: seconds since
 * 1970. */
bool session_is_valid(const struct secret *key, struct str shelf, struct str value,
                      int64_t now_s);

#endif
