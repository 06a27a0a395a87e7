/* source.h -- the source text of sampled lines. The thread that writes the report reads
 * the files.
 *
 * It opens only files that are probably Python source: regular files whose names end in
 * .py, .pyw or .wsgi. (Code compiled from a template has the template's name, but its
 * own line numbers.) The text is that of the file now, without the line end. A line has
 * no text if its file cannot be read, or if a limit below is reached; lines with the
 * most time come first. */

#ifndef PROFILER_SOURCE_H
#define PROFILER_SOURCE_H

#include "profile/profile.h"
#include "strings.h"

#define SOURCE_LINES 1000           /* in one report */
#define SOURCE_LINE_BYTES 200       /* the rest of a longer line is cut */
#define SOURCE_FILE_BYTES 2097152   /* larger files are not read */
#define SOURCE_TOTAL_BYTES 16777216 /* all files together */

struct sources {
    const struct profile *profile;
    struct strings *strings;
    uint32_t *texts; /* by line of profile->sampled: its number in .strings */
    bool undecoded;  /* some line contains \xNN for bytes that could not be decoded */
};

/* Adds the texts to .strings, decoded as Python does (encoding.h), and their numbers to
 * .texts. A line without text gets the number of "". Returns false when out of
 * memory. */
bool source_add(struct sources *s);

#endif
