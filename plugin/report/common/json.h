/* json.h -- writes JSON that is safe in any place, even inside a <script>.
 *
 * Callers append values one after the other. json_next sees from the last byte of out
 * whether a comma is needed, so the callers need not count.
 *
 * '<' becomes \u003c; control characters, U+2028 and U+2029 are escaped; bytes that are
 * not UTF-8 become U+FFFD. */

#ifndef PROFILER_JSON_H
#define PROFILER_JSON_H

#include "base/buf.h"

#include <stdint.h>

/* A string with its quotes. */
void json_string(struct buf *out, struct str bytes);

/* Appends a comma, unless an object or array was just opened. */
void json_next(struct buf *out);

/* Adds an item to an array. */
void json_item(struct buf *out, uint64_t value);

/* Adds a member's key to an object. The key is written without escapes. */
void json_key(struct buf *out, const char *key);

/* Adds a member with a text. */
void json_text(struct buf *out, const char *key, struct str value);
/* As json_text, but the value has at most `most` bytes without its quotes; a longer one
 * is cut: "begin...". most must be above 3. */
void json_text_most(struct buf *out, const char *key, struct str value, size_t most);
/* As json_text and json_number; an absent value (NULL data, 0) is written as null. */
void json_text_or_null(struct buf *out, const char *key, struct str value);
void json_number(struct buf *out, const char *key, uint64_t value);
void json_number_or_null(struct buf *out, const char *key, uint64_t value);
/* Adds a member with nanoseconds as milliseconds: "key":12.346. */
void json_ms(struct buf *out, const char *key, uint64_t ns);

#endif
