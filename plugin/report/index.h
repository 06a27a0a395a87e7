/* index.h -- index.jsonl: one JSON object a line, one line a profile with files.
 *
 * {"id","time" (seconds since the epoch),"method","path","query","status" (or null),
 *  "elapsed_ms","mode","exception" (or null),"files":[names],"bytes" (sum of them)} */

#ifndef PROFILER_INDEX_H
#define PROFILER_INDEX_H

#include "../core/profile.h"

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out);

#endif
