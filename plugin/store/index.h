/* index.h -- index.jsonl: one line, a JSON object, for each profile with files.
 *
 * {"id","time" (seconds since the epoch),"method","path","query","status" (or null),
 *  "elapsed_ms","mode","exception" (or null),"notices":[names],"cpu_ms","wait_ms" (the
 *  rest of elapsed_ms),"worker" (or null),"route" (or null),"files":[names],"bytes"
 *  (total size of the files)}
 *
 * Lines of an older plugin lack "cpu_ms", "wait_ms", "worker" and "route". */

#ifndef PROFILER_INDEX_H
#define PROFILER_INDEX_H

#include "profile/profile.h"

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out);

/* The files that a line of the index names, for removing them. Valid when zeroed. */
struct index_entry {
    struct buf names; /* owned; each name ends in a NUL */
    size_t file_count;
    uint64_t bytes;
};

/* Reads a line without its newline. Other tools may have changed it: blanks and the
 * order of members do not matter, and other members are skipped. Returns false if
 * it is not a line of the index, or names a file that no profile can have: each name
 * must be one plain component, in UTF-8, with the ending of a format. Also returns
 * false when out of memory; then e->names.failed is set. */
bool index_read(struct index_entry *e, struct str line);

/* True if a file of a profile can have this name. */
bool index_is_name(struct str name);

/* Returns the name after this one, the first for NULL, and NULL at the end. */
const char *index_next_name(const struct index_entry *e, const char *name);

void index_entry_free(struct index_entry *e);

#endif
