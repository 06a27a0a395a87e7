/* best.h -- keeps the first of many rows, in the order of a member. */

#ifndef PROFILER_BEST_H
#define PROFILER_BEST_H

#include "store/indexrow.h"

/* An order. Rows that lack the member come last in both directions; of rows with the
 * same value, those of later lines come first. */
struct order {
    const struct row_field *by; /* its text, number, or number of names */
    bool ascending;
};

/* The sort key of a row. */
struct rank {
    bool none;
    double number;
    struct str text;
    uint64_t end; /* where the row's line ends in the index */
};

struct rank rank_of(const struct index_row *row, uint64_t end, struct order order);

/* Does a come before b? */
bool rank_precedes(struct rank a, struct rank b, bool ascending);

struct best_row {
    struct rank rank;
    struct buf bytes; /* owned; the text of the rank, then the row (indexrow_write) */
    size_t text_len;
};

/* At most `most` rows, the first in the order. All other fields start as zeros. */
struct best {
    struct order order;
    size_t most;
    struct best_row *rows; /* owned; a heap with the last one on top */
    uint32_t count, cap;
    size_t bytes; /* memory of the rows */
};

/* Takes the row if it is one of the first. Returns false when out of memory. */
bool best_offer(struct best *b, const struct index_row *row, uint64_t end);

/* Puts the rows in order; no more can be offered then. */
void best_sort(struct best *b);

static inline struct str best_json(const struct best_row *row)
{
    return (struct str){row->bytes.data + row->text_len,
                        row->bytes.len - row->text_len};
}

void best_free(struct best *b);

#endif
