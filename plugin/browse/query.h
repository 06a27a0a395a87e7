/* query.h -- the parameters of index.json: which profiles, in which order, from where
 * on. */

#ifndef PROFILER_QUERY_H
#define PROFILER_QUERY_H

#include "bookmark.h"
#include "store/indexrow.h"

#define QUERY_ROWS_MOST 500

/* A filter that is not given has NULL data or is ROW_NONE; it accepts every row. */
struct query {
    struct buf text; /* owned; the bytes of all texts below */
    struct str q;    /* in lowercase */
    struct str method, mode, route, notice;
    bool any_status;
    double status_least, status_most; /* both ROW_NONE: only rows without a status */
    double min_ms, since, until;

    bool routes; /* view=routes */
    uint64_t limit;
    const struct row_field *sort; /* NULL: in the order of the lines, by time */
    bool ascending;

    /* BOOKMARK_NONE: not given */
    struct bookmark cursor;      /* the slice begins here */
    struct bookmark newest;      /* what the first slice had; only with a cursor */
    struct bookmark past, after; /* the last row that was shown; the end of the index */
    struct str before;           /* an id; NULL data: none */
    bool before_found;           /* the cursor is beyond the line with this id */
};

/* Reads a query string. On failure returns false with one line in *error: the
 * parameter, its value, what is possible. Also returns false when out of memory;
 * then q->text.failed or error->failed is set. */
bool query_parse(struct query *q, struct str query_string, struct buf *error);

/* Do the filters accept this row? scratch is the working memory of the calls. */
bool query_accepts(const struct query *q, const struct index_row *row,
                   struct buf *scratch);

/* Appends the cursor of the next slice. */
void query_write_cursor(const struct query *q, struct buf *out);

void query_free(struct query *q);

#endif
