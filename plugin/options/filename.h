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

/* Parses the format. On failure returns false, with one line in *error: the value, what
 * is wrong with it, and what is possible. */
bool filename_parse(struct filename_format *f, struct str text, struct buf *error);

/* Appends the name for one profile, without an extension.
 *
 * The writer of the file appends the extension (".txt"), so a ".prof" at the end of the
 * format is left out. If the file exists already, the writer puts "-1" before the
 * extension.
 *
 * The name is always one plain path component: no '/', no leading dot, never empty. It
 * is valid UTF-8; other bytes and control characters are written as %XX. The name and
 * reserve bytes together fit into FILENAME_MAX_BYTES. A name that is too long gets a
 * shorter {path}; if that is not enough, its end is cut. No character is cut in two. */
void filename_make(const struct filename_format *f, const struct filename_facts *facts,
                   size_t reserve, struct buf *out);

void filename_free(struct filename_format *f);

#endif
