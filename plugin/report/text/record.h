/* record.h -- a profile in the log: Werkzeug's record, or one line. */

#ifndef PROFILER_RECORD_H
#define PROFILER_RECORD_H

#include "report/common/report.h"

/* As r->choice->log_style says. LOG_TABLE: 80 dashes; PATH: '/search'; PROFILE <id>
 * <mode> <ms> ms <status or ->; one FILE line for each of the paths; a NOTICE line for
 * each notice; of a sampled profile its call tree (calltext.h), in colour if asked for,
 * between blank lines; pstats' table; 80 dashes; a blank line. LOG_LINE: one line with
 * the same facts and the function that took most time; when sampled, also where the
 * time went. What is not safe on a line or a terminal (safetext.h) is shown as Python's
 * repr; the .txt report has the table's names as pstats prints them. LOG_JSON:
 * logjson.h. False when out of memory. */
bool record_write(const struct report *r, const struct str *files, size_t file_count,
                  bool colour, struct buf *out);

/* The .txt report: the record of LOG_TABLE without FILE lines. False when out of
 * memory. */
bool txt_write(const struct report *r, struct buf *out);

#endif
