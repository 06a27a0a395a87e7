/* filename.h -- profiler-filename-format: the names of the per-request files.
 *
 * The format is text with fields. {elapsed} (milliseconds) and {time} (seconds since
 * the epoch) are floats, {status}, {pid} and {worker} are integers, {method}, {path},
 * {id} and {mode} are text. A field may have a format spec as in Python, limited to
 * [[fill]align][0][width][.precision][d f s x]. {{ and }} stand for braces. A '/' is
 * not allowed. */

#ifndef PROFILER_FILENAME_H
#define PROFILER_FILENAME_H

#include "base/buf.h"

#include <stdint.h>

/* The longest file name that common file systems accept. */
#define FILENAME_MAX_BYTES 255

struct filename_field; /* opaque */

struct filename_format {
    struct filename_field *fields; /* owned */
    size_t count;
};

struct filename_facts {
    struct str method, path, id, mode;
    double elapsed_ms, time_s;
    int status, pid, worker;
};

/* False with one line in *error: the value, what is wrong, what is possible. */
bool filename_parse(struct filename_format *f, struct str text, struct buf *error);

/* Appends the name for one profile, without an extension. A final ".prof" of the format
 * is left out, because the writer appends the extension (".txt"), and before it "-1" if
 * the name exists already. The name is always one plain path component: no '/', no
 * leading dot, never empty. It is valid UTF-8; other bytes and control characters are
 * written as %XX. The name and reserve bytes together fit into FILENAME_MAX_BYTES:
 * {path} is cut, between characters; if that is not enough, the end of the name. */
void filename_make(const struct filename_format *f, const struct filename_facts *facts,
                   size_t reserve, struct buf *out);

void filename_free(struct filename_format *f);

#endif
