/* rows.h -- the functions of a profile as rows of pstats' table: sorted, then reduced.
 *
 * A row is an index into stats.funcs. Borrows the profile and its stats. */

#ifndef PROFILER_ROWS_H
#define PROFILER_ROWS_H

#include "report/common/report.h"

struct rows {
    const struct profile *profile;
    const struct stats *stats;
    const struct sort_keys *sort;
    const struct functab *functab; /* that of stats.funcs */
    uint32_t *rows;                /* owned; NULL when there are none */
    uint32_t count;
    struct buf names;  /* what pstats displays for each function, end to end; */
    size_t *name_ends; /* owned; NULL unless sorting or a pattern asked for names */
};

/* All functions, in the order of the sort keys. False when out of memory, and *r is
 * empty. Functions that the keys do not tell apart stay in the order of the .prof. */
bool rows_sort(struct rows *r, const struct report *of);

/* Keeps the rows that the restriction lets through, in their order. False when out of
 * memory. */
bool rows_reduce(struct rows *r, const struct restriction *restriction);

/* What pstats displays for a row. */
void rows_add_name(const struct rows *r, uint32_t row, struct buf *out);

void rows_free(struct rows *r);

#endif
