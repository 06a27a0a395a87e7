/* index.h -- index.jsonl: one JSON object a line, one line a profile with files.
 *
 * {"id","time" (seconds since the epoch),"method","path","query","status" (or null),
 *  "elapsed_ms","mode","exception" (or null),"notices":[names],"files":[names],
 *  "bytes" (sum of the files')} */

#ifndef PROFILER_INDEX_H
#define PROFILER_INDEX_H

#include "profile/profile.h"

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out);

/* What such a line says of its files, for whoever removes them. Valid when zeroed. */
struct index_entry {
    struct buf names; /* owned; each with a NUL behind it */
    size_t file_count;
    uint64_t bytes;
};

/* Reads a line without its newline, whatever was done to it: blanks and the order of
 * members do not matter, other members are skipped. False when it is not such a line,
 * or names a file that no profile can have: each name is one plain component, of UTF-8,
 * with the ending of a format. False as well when memory ran out: e->names.failed. */
bool index_read(struct index_entry *e, struct str line);

/* Can a profile's file have this name? */
bool index_is_name(struct str name);

/* The name behind this one; the first for NULL. NULL at the end. */
const char *index_next_name(const struct index_entry *e, const char *name);

void index_entry_free(struct index_entry *e);

#endif
