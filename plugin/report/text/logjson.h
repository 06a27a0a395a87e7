/* logjson.h -- profiler-log-style = json: one profile as one line for a log's reader.
 *
 * {"id","time" (seconds since the epoch),"method","path","query","status" (or null),
 *  "elapsed_ms","mode","exception" (or null),"cpu_ms","calls" and "primitive_calls", or
 *  "samples" and "lost","wait_ms":{kind: ms},"worker","pid","notices":[words],
 *  "files":[paths],"functions":[{"name","calls" or "samples","self_ms",
 *  "cumulative_ms"}]}
 *
 * functions are the first rows of the table, ten at most. The line is never longer than
 * a message of uWSGI's logger is by default: long texts are cut, "..." at their end,
 * and there are fewer files and functions where they have no room. */

#ifndef PROFILER_LOGJSON_H
#define PROFILER_LOGJSON_H

#include "report/common/report.h"

#define LOGJSON_BYTES_MAX 8000
#define LOGJSON_FUNCTIONS_MAX 10

/* False when out of memory. */
bool logjson_write(const struct report *r, const struct str *files, size_t file_count,
                   struct buf *out);

#endif
