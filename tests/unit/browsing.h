/* browsing.h -- a directory with an index, and answers of index.json about it. */

#ifndef TEST_BROWSING_H
#define TEST_BROWSING_H

#include "support.h"

#include "browse/listing.h"

#include <stdio.h>

struct browsing {
    char path[64];
    int dir;
    struct route_rules *rules; /* NULL: none */
    uint64_t budget_ns;
    struct buf answer; /* of the last question */
};

/* Makes the directory, without an index. */
void browsing_begin(struct browsing *b);
void browsing_end(struct browsing *b);

/* Replaces the index by another file. */
void browsing_put(struct browsing *b, struct str content);
void browsing_append(struct browsing *b, struct str lines);

/* Asks, and checks that the answer's status is this one. */
const char *browsing_ask_for(struct browsing *b, enum listing_status status,
                             const char *query);
/* Asks, and checks that it was a good question. */
const char *browsing_ask(struct browsing *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The value of the answer's last member with this key: a text without its quotes, a
 * number, null. "" if there is none. The caller frees it. */
char *browsing_member(const struct browsing *b, const char *key);

/* The values of a member of all rows, with a blank after each: "id" or "key". The
 * caller frees it. */
char *browsing_column(const struct browsing *b, const char *key);

#define assert_member(b, key, expected)                                                \
    do {                                                                               \
        char *m_ = browsing_member(b, key);                                            \
        assert_string_equal(m_, expected);                                             \
        free(m_);                                                                      \
    } while (0)

/* The last characters of the rows' ids: "3 2 1 ". */
#define assert_ids(b, expected)                                                        \
    do {                                                                               \
        char *ids_ = browsing_ids(b);                                                  \
        assert_string_equal(ids_, expected);                                           \
        free(ids_);                                                                    \
    } while (0)

char *browsing_ids(const struct browsing *b);

/* Appends a line with this id: the number, in 16 digits. */
void add_line(struct buf *out, unsigned id, const char *members);

#endif
