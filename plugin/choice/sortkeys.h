/* sortkeys.h -- pstats' sort keys: words, abbreviations, order.
 *
 * Source: sort_stats in CPython's Lib/pstats.py. */

#ifndef PROFILER_SORTKEYS_H
#define PROFILER_SORTKEYS_H

#include "base/buf.h"

#include <stdint.h>

enum sort_key {
    SORT_CALLS,      /* descending */
    SORT_CUMULATIVE, /* descending */
    SORT_TIME,       /* descending */
    SORT_PRIMITIVE,  /* descending */
    SORT_FILE,       /* ascending, as the rest */
    SORT_LINE,
    SORT_NAME,
    SORT_NFL, /* name, file, line */
    SORT_STDNAME,
};

#define SORT_KEYS_MAX 8

struct sort_keys {
    uint8_t keys[SORT_KEYS_MAX]; /* enum sort_key, the first sorts first */
    uint8_t count;               /* 0: no sorting ("Random listing order was used") */
};

/* Reads keys parted by separator (',' in the configuration, ':' in a flag): words,
 * unambiguous prefixes of them, or one integer of -1, 0, 1, 2 alone. False with one
 * line in *error ("totime" is not a key; did you mean "tottime"? keys: ...), and *keys
 * empty. An empty text is no key, and no error. */
bool sort_keys_parse(struct sort_keys *keys, struct str text, char separator,
                     struct buf *error);

/* pstats' words for what the table was ordered by: "internal time". */
const char *sort_key_label(enum sort_key key);

/* The first of the words that name the key: "time". */
const char *sort_key_word(enum sort_key key);

#endif
