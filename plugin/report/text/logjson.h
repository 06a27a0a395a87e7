/* logjson.h -- profiler-log-style = json: one profile as one line, for log readers.
 *
 * {"id","time" (seconds since the epoch),"method","path","query","status" (or null),
 *  "elapsed_ms","mode","exception" (or null),"cpu_ms","calls" and "primitive_calls", or
 *  "samples" and "lost","wait_ms":{kind: ms},"worker","pid","notices":[words],
 *  "files":[paths],"functions":[{"name","calls" or "samples","self_ms",
 *  "cumulative_ms"}]}
 *
 * functions contains the first rows of the table, at most ten. The line always fits
 * into a message of uWSGI's logger at its default size: long texts are cut and end in
 * "...", and files and functions that do not fit are left out. */

#ifndef PROFILER_LOGJSON_H
#define PROFILER_LOGJSON_H

#include "report/common/report.h"

#define LOGJSON_BYTES_MAX 8000
#define LOGJSON_FUNCTIONS_MAX 10

/* Returns false when out of memory. */
bool logjson_write(const struct report *r, const struct str *files, size_t file_count,
                   struct buf *out);

#endif
