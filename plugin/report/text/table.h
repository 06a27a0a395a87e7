/* table.h -- the text that pstats prints. Byte for byte the output of
 *
 *     pstats.Stats(FILE).sort_stats(*sort).print_stats(*restrictions)
 *
 * for the .prof of the same profile, without the dated header line. Source: CPython's
 * Lib/pstats.py. One difference: the totals of a sampled profile say "samples", where
 * pstats says "function calls". */

#ifndef PROFILER_TABLE_H
#define PROFILER_TABLE_H

#include "rows.h"

/* Appends the table, sorted and restricted by r->choice. safe: unlike pstats, shows
 * names as repr if they would forge a log line or control a terminal. Returns false
 * when out of memory. */
bool table_write(const struct report *r, bool safe, struct buf *out);

/* Makes the rows that the table shows; the caller frees them. Appends pstats' text
 * about restrictions to notes, unless notes is NULL. Returns false when out of memory;
 * *rows is empty then. */
bool table_rows(struct rows *rows, const struct report *r, struct buf *notes);

/* Returns the functions in the order of the sort keys, as indices into stats.funcs. The
 * caller frees them. NULL when out of memory, or when there are no functions. */
uint32_t *table_order(const struct report *r);

#endif
