/* jsonread.h -- reads JSON that other tools may have written or changed.
 *
 * It reads one line of text, so a newline is no blank. Each function takes one thing
 * from the front of the text; it returns false if something else is there, and the
 * reader is then of no more use. No recursion: a value may be nested to any depth. */

#ifndef PROFILER_JSONREAD_H
#define PROFILER_JSONREAD_H

#include "base/buf.h"

#include <stdint.h>

/* The part of the text that is not read yet. */
struct json_reader {
    const char *at, *end;
};

struct json_reader json_reader_of(struct str text);

bool json_at_end(const struct json_reader *r);

/* Takes one of JSON's marks, with blanks around it. */
bool json_take(struct json_reader *r, char mark);

/* Takes `null`. */
bool json_take_null(struct json_reader *r);

/* Takes a string and appends its text to out, unless out is NULL. The text is never
 * longer than the string. Bytes that are not UTF-8 stay as they are; half of a
 * surrogate pair is no string. */
bool json_take_string(struct json_reader *r, struct buf *out);

/* Takes the key of a member and the colon. *key is the text between the quotes, with
 * its escapes. */
bool json_take_key(struct json_reader *r, struct str *key);

/* Takes a number, by JSON's grammar. Too large for a double: false. */
bool json_take_number(struct json_reader *r, double *number);

/* Takes an array of strings. Appends each to out, with a NUL after it; a string with a
 * NUL in it is refused. *count is their number. */
bool json_take_names(struct json_reader *r, struct buf *out, size_t *count);

/* The name after this one in the text that json_take_names wrote; the first for NULL,
 * NULL at the end. */
const char *json_next_name(struct str names, const char *name);

/* Takes any value. Of nested values it checks only that the number of brackets
 * matches. */
bool json_skip(struct json_reader *r);

#endif
