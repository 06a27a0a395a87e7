/* values.h -- reads the values of options and flag words: numbers, durations, octal
 * modes, lists.
 *
 * Errors are the rest of a sentence that starts with the value itself ("999" is not an
 * octal number). The caller adds which values are possible. */

#ifndef PROFILER_VALUES_H
#define PROFILER_VALUES_H

#include "buf.h"

#include <stdint.h>
#include <sys/types.h>

/* Removes a pair of quotes around the whole value, because uWSGI keeps them. */
struct str value_unquote(struct str value);

/* Takes the next word of a comma-separated list, trimmed; like str_split. */
bool value_next_word(struct str *rest, struct str *word);

/* A whole decimal number: only digits. */
bool value_number(struct str value, uint64_t least, uint64_t most, uint64_t *number,
                  struct buf *error);

/* A number with a unit, in nanoseconds: "500us", "2.5ms", "60s". Fractions of a
 * nanosecond are cut off. *ns is unchanged on failure. most is at most INT64_MAX. */
bool value_duration(struct str value, uint64_t least, uint64_t most, uint64_t *ns,
                    struct buf *error);

/* A decimal above 0 and at most 1, in billionths: "0.01", ".5", "1"; at most nine
 * decimals. *billionths is unchanged on failure. */
bool value_ratio(struct str value, uint32_t *billionths);

/* Appends a duration in the format of value_duration, exactly: "1ms", "2.5ms", "0s". */
void duration_add(struct buf *b, uint64_t ns);

/* A number of bytes, "65536", or with a unit of 1024: "64k", "256m", "2g". The maximum
 * is `most`. */
bool value_bytes(struct str value, uint64_t most, uint64_t *bytes, struct buf *error);

/* An octal mode, "0700" or "700", of at most 0777. It must have all bits of needed. */
bool value_octal(struct str value, mode_t needed, mode_t *mode, struct buf *error);

/* The path of a file or directory: at most limit bytes, no control characters. */
bool value_path(struct str value, size_t limit, struct buf *error);

enum place { PLACE_FILE, PLACE_DIRECTORY };

/* True if this file or directory exists, or could be made because its parent is a
 * directory. */
bool value_place(struct str value, enum place place, struct buf *error);

/* Returns a copy with a final NUL, which the caller frees; NULL when out of memory. */
char *value_copy(struct str value);

/* Starts an error about value: appends it in quotes, and a blank. */
void value_quote(struct buf *error, struct str value);

#endif
