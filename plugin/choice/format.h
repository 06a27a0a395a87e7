/* format.h -- a report format, for units that only choose one.
 *
 * The functions that write reports are in report/; report/formats.h has the table of
 * all formats. */

#ifndef PROFILER_FORMAT_H
#define PROFILER_FORMAT_H

#include "base/buf.h"

struct report; /* see report/common/report.h */

struct format {
    const char *name;      /* the word in profiler-format and in a flag */
    const char *mime;      /* Content-Type of the answer */
    const char *extension; /* of the report's file, with the dot */
    /* Appends the report. Returns false if it could not be made: out of memory
     * (out->failed), or the format cannot express this profile. Needs no GIL. */
    bool (*write)(const struct report *r, struct buf *out);
    const char *policy; /* Content-Security-Policy of the answer; NULL: none */
    /* NULL, or why this plugin cannot write it: the rest of a sentence. The format is
     * then only known by its files. */
    const char *missing;
};

struct format_table {
    const struct format *formats;
    size_t count;
};

/* Returns NULL if no format has this name. */
const struct format *format_find(const struct format_table *table, struct str name);

/* Appends "prof, txt" and so on, for error messages: the formats that are not missing.
 */
void format_names(const struct format_table *table, struct buf *out);

#endif
