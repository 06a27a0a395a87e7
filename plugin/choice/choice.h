/* choice.h -- which reports to make of one profile, and how to sort and restrict them.
 * The configuration decides; a request's flag may change it. */

#ifndef PROFILER_CHOICE_H
#define PROFILER_CHOICE_H

#include "format.h"
#include "profile/origin.h"
#include "restrictions.h"
#include "sortkeys.h"

enum output { OUTPUT_LOG = 1, OUTPUT_FILE = 2, OUTPUT_HTML = 4 };

enum log_style { LOG_TABLE, LOG_LINE, LOG_JSON };

/* All pointers point into the configuration, which outlives the choice. */
struct report_choice {
    unsigned outputs; /* bits of enum output */
    enum log_style log_style;
    struct sort_keys sort;
    const struct restrictions *restrictions;
    int64_t limit; /* >= 0: show the first rows only, instead of restrictions */
    const struct format *answer; /* replaces the app's answer; NULL: do not replace */
    const struct format **files; /* the formats of OUTPUT_FILE */
    size_t file_count;
    bool source;               /* include source lines, read from their files */
    struct origin_rules rules; /* the configuration leaves .origins NULL */
};

#endif
