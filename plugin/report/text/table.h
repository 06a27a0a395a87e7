/* table.h -- the text that pstats prints: byte for byte what
 *
 *     pstats.Stats(FILE).sort_stats(*sort).print_stats(*restrictions)
 *
 * prints for the same profile's .prof, from the line after the dated header on.
 * Source: CPython's Lib/pstats.py. The totals of a sampled profile are samples, where
 * pstats can only say "function calls". */

#ifndef PROFILER_TABLE_H
#define PROFILER_TABLE_H

#include "rows.h"

/* Appends it, sorted and restricted as r->choice says. safe: names that would forge a
 * line of a log, or drive a terminal, are shown as repr, which pstats does not do.
 * False when out of memory. */
bool table_write(const struct report *r, bool safe, struct buf *out);

/* The rows that it shows, the caller's to free. What pstats says of restrictions is
 * added to notes, unless that is NULL. False when out of memory, and *rows is empty. */
bool table_rows(struct rows *rows, const struct report *r, struct buf *notes);

/* The functions in the order of the sort keys: indices into s->funcs, which the caller
 * frees; NULL when out of memory (or when there are none). */
uint32_t *table_order(const struct report *r);

#endif
