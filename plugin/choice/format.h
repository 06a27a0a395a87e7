/* format.h -- what a report format is, to those that only choose one.
 *
 * The writers themselves are in report/, in one table of these (report/formats.h). */

#ifndef PROFILER_FORMAT_H
#define PROFILER_FORMAT_H

#include "base/buf.h"

struct report; /* report/common/report.h */

struct format {
    const char *name;      /* the word in profiler-format and in a flag */
    const char *mime;      /* the answer's Content-Type */
    const char *extension; /* of its file, with the dot */
    /* Appends the report; false when it could not be made (out->failed, or a format
     * that cannot hold this profile). Needs no GIL. */
    bool (*write)(const struct report *r, struct buf *out);
    const char *policy; /* Content-Security-Policy of the answer; NULL: none needed */
};

struct format_table {
    const struct format *formats;
    size_t count;
};

/* NULL when there is none of that name. */
const struct format *format_find(const struct format_table *table, struct str name);

/* "prof, txt": for error messages. */
void format_names(const struct format_table *table, struct buf *out);

#endif
