/* json.h -- JSON text that is safe in any place, inside a <script> too.
 *
 * Values are appended one after the other; json_next knows by the byte before whether
 * a comma is due, so the writers of objects and arrays have nothing to count.
 *
 * '<' is written \u003c; control characters, U+2028 and U+2029 are escaped; bytes that
 * are not UTF-8 become U+FFFD. */

#ifndef PROFILER_JSON_H
#define PROFILER_JSON_H

#include "base/buf.h"

#include <stdint.h>

/* A string with its quotes. */
void json_string(struct buf *out, struct str bytes);

/* A comma, unless an object or array has just been opened. */
void json_next(struct buf *out);

/* One more item of an array. */
void json_item(struct buf *out, uint64_t value);

/* The key of one more member of an object; the key is written as it is. */
void json_key(struct buf *out, const char *key);

/* One more member. */
void json_text(struct buf *out, const char *key, struct str value);
/* The same in at most so many bytes, quotes and the key not counted: "begin...". most
 * is more than 3. */
void json_text_most(struct buf *out, const char *key, struct str value, size_t most);
void json_text_or_null(struct buf *out, const char *key,
                       struct str value); /* no data */
void json_number(struct buf *out, const char *key, uint64_t value);
void json_number_or_null(struct buf *out, const char *key, uint64_t value); /* 0 */

#endif
