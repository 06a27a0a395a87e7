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
    SORT_FILE,       /* ascending, like all below */
    SORT_LINE,
    SORT_NAME,
    SORT_NFL, /* name, file, line */
    SORT_STDNAME,
};

#define SORT_KEYS_MAX 8

struct sort_keys {
    uint8_t keys[SORT_KEYS_MAX]; /* enum sort_key; the first one sorts first */
    uint8_t count;               /* 0: no sorting ("Random listing order was used") */
};

/* Reads keys separated by separator (',' in the configuration, ':' in a flag). A key is
 * a word or an unambiguous prefix of one; or the text is one integer, -1, 0, 1 or 2. An
 * empty text means no keys. Returns false with one line in *error ("totime" is not a
 * key; did you mean "tottime"? keys: ...); *keys is empty then. */
bool sort_keys_parse(struct sort_keys *keys, struct str text, char separator,
                     struct buf *error);

/* pstats' words for the order of the table: "internal time". */
const char *sort_key_label(enum sort_key key);

/* The first of the words for the key: "time". */
const char *sort_key_word(enum sort_key key);

#endif
