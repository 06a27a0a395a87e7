/* values.h -- the plain values of options and flag words: numbers, durations, octal
 * modes, lists.
 *
 * The readers report what is wrong as the rest of a sentence that starts with the value
 * itself ("999" is not an octal number); what is possible is the caller's to say. */

#ifndef PROFILER_VALUES_H
#define PROFILER_VALUES_H

#include "buf.h"

#include <stdint.h>
#include <sys/types.h>

/* Takes one pair of quotes off that encloses the whole value: uWSGI keeps them. */
struct str value_unquote(struct str value);

/* The next word of a list parted by commas, trimmed; as str_split. */
bool value_next_word(struct str *rest, struct str *word);

/* A whole decimal number: digits alone. */
bool value_number(struct str value, uint64_t least, uint64_t most, uint64_t *number,
                  struct buf *error);

/* A number and its unit, "500us", "2.5ms", "60s", in nanoseconds; what a decimal says
 * beyond them is cut off. *ns is left alone on failure. most is at most INT64_MAX. */
bool value_duration(struct str value, uint64_t least, uint64_t most, uint64_t *ns,
                    struct buf *error);

/* A decimal above 0 and at most 1, "0.01", ".5", "1", in billionths: at most nine
 * decimals. *billionths is left alone on failure. */
bool value_ratio(struct str value, uint32_t *billionths);

/* Writes a duration as value_duration reads it, exactly: "1ms", "2.5ms", "0s". */
void duration_add(struct buf *b, uint64_t ns);

/* A number of bytes, "65536", or with a unit, "64k", "256m", "2g" (of 1024), of at most
 * most. */
bool value_bytes(struct str value, uint64_t most, uint64_t *bytes, struct buf *error);

/* An octal mode of at most 0777, "0700" or "700", that has all bits of needed. */
bool value_octal(struct str value, mode_t needed, mode_t *mode, struct buf *error);

/* A file or directory: at most limit bytes, no control characters. */
bool value_path(struct str value, size_t limit, struct buf *error);

/* Can there be such a file or directory now? Either it is there, or its parent is, as a
 * directory. */
enum place { PLACE_FILE, PLACE_DIRECTORY };
bool value_place(struct str value, enum place place, struct buf *error);

/* A copy with a NUL behind it, the caller's to free; NULL when out of memory. */
char *value_copy(struct str value);

/* Starts an error about value: its text, quoted, and a blank. */
void value_quote(struct buf *error, struct str value);

#endif
