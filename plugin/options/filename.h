/* filename.h -- profiler-filename-format: the names of the per-request files.
 *
 * Text with the fields {method} {path} {elapsed} {time} {id} {mode} {status} {pid}
 * {worker}, elapsed in milliseconds and time in seconds since the epoch (both floats),
 * status, pid and worker integers, the rest text; each with Python's format spec as far
 * as [[fill]align][0][width][.precision][d f s x]; {{ and }} for the braces; no '/'. */

#ifndef PROFILER_FILENAME_H
#define PROFILER_FILENAME_H

#include "base/buf.h"

#include <stdint.h>

/* The longest file name that common file systems take. */
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

/* Appends the name for one profile without any extension: a final ".prof" of the
 * format is left off, for the writer puts extension (".txt", with "-1" before it where
 * the name is taken) behind. Always one plain component inside a directory: no '/', no
 * leading dot, never empty; valid UTF-8, other bytes and control characters as %XX; so
 * short that name + reserve bytes fit into FILENAME_MAX_BYTES (only {path} is cut,
 * between characters; where that is not enough, the end of the whole). */
void filename_make(const struct filename_format *f, const struct filename_facts *facts,
                   size_t reserve, struct buf *out);

void filename_free(struct filename_format *f);

#endif
