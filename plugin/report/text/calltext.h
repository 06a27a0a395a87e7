/* calltext.h -- the call tree of a sampled profile as text for a terminal. */

#ifndef PROFILER_CALLTEXT_H
#define PROFILER_CALLTEXT_H

#include "report/common/report.h"

/* Writes where the time went, the samples, and the tree from fold.h:
 *
 *     812 ms: 14 % CPU, 83 % network read (127.0.0.1:5432), 3 % GIL
 *     803 samples at 1 ms, 2 lost
 *
 *     Total ms      %  Self ms
 *        812.0  100.0           GET /search
 *        801.3   98.7           └─ view  shop/views.py:12  mostly at line 34
 *
 * Each row takes exactly one line, whatever names contain. The last line is blank. With
 * colour: uses ANSI escape sequences. Returns false when out of memory. */
bool calltext_write(const struct report *r, bool colour, struct buf *out);

#endif
