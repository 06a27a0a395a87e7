/* record.h -- a profile in the log: a record like Werkzeug's, or one line. */

#ifndef PROFILER_RECORD_H
#define PROFILER_RECORD_H

#include "report/common/report.h"

/* Writes the log entry in the style of r->choice->log_style.
 *
 * LOG_TABLE, a record of several lines:
 *   80 dashes
 *   PATH: '/search'
 *   PROFILE <id> <mode> <ms> ms <status or ->
 *   FILE <path>       one line for each of the files
 *   NOTICE ...        one line for each notice
 *   the call tree of a sampled profile between blank lines (calltext.h)
 *   pstats' table
 *   80 dashes, and a blank line
 *
 * colour: the call tree is in colour.
 *
 * LOG_LINE: one line with the same facts and the function that took most time; when
 * sampled, also where the time went. LOG_JSON: see logjson.h.
 *
 * Texts that are not safe in a line or on a terminal (safetext.h) are shown as Python's
 * repr. Returns false when out of memory. */
bool record_write(const struct report *r, const struct str *files, size_t file_count,
                  bool colour, struct buf *out);

/* The .txt report: the record of LOG_TABLE without FILE lines, and with names in the
 * table as pstats prints them. Returns false when out of memory. */
bool txt_write(const struct report *r, struct buf *out);

#endif
