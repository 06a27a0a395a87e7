/* rows.h -- the functions of a profile as rows of pstats' table: sorted, then
 * restricted.
 *
 * A row is an index into stats.funcs. The profile and its stats are borrowed. */

#ifndef PROFILER_ROWS_H
#define PROFILER_ROWS_H

#include "report/common/report.h"

struct rows {
    const struct profile *profile;
    const struct stats *stats;
    const struct sort_keys *sort;
    const struct functab *functab; /* table of the ids in stats.funcs */
    uint32_t *rows;                /* owned; NULL when there are no rows */
    uint32_t count;
    struct buf names;  /* names of all functions, as pstats displays them */
    size_t *name_ends; /* owned; NULL unless a sort key or a pattern needs names */
};

/* Sorts all functions by the sort keys. Functions with equal keys stay in the order of
 * the .prof. Returns false when out of memory; *r is empty then. */
bool rows_sort(struct rows *r, const struct report *of);

/* Removes the rows that the restriction excludes. Returns false when out of memory. */
bool rows_reduce(struct rows *r, const struct restriction *restriction);

/* Appends a row's name as pstats displays it. */
void rows_add_name(const struct rows *r, uint32_t row, struct buf *out);

void rows_free(struct rows *r);

#endif
