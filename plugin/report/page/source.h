/* source.h -- the source text of the lines that were sampled, read from the files when
 * the report is made, by whoever makes it.
 *
 * Only what Python source is likely to be is opened: a regular file whose name ends in
 * .py, .pyw or .wsgi. (Code that was compiled from a template has the template's name,
 * with line numbers of its own.) The text is that of the file as it is now, with its
 * line end taken off. There is none where it cannot be read, and beyond bounds: the
 * lines of most time come first. */

#ifndef PROFILER_SOURCE_H
#define PROFILER_SOURCE_H

#include "profile/profile.h"
#include "strings.h"

#define SOURCE_LINES 1000           /* in one report */
#define SOURCE_LINE_BYTES 200       /* what is longer is cut */
#define SOURCE_FILE_BYTES 2097152   /* larger files are not read */
#define SOURCE_TOTAL_BYTES 16777216 /* of all files that are read */

struct sources {
    const struct profile *profile;
    struct strings *strings;
    uint32_t *texts; /* by line of the profile's .sampled: a number in .strings */
    bool undecoded;  /* some line holds \xNN for what could not be decoded */
};

/* Adds the texts, as Python decodes them (see encoding.h), to the table, and their
 * numbers to .texts; where there is no text, that of "". False when out of memory. */
bool source_add(struct sources *s);

#endif
