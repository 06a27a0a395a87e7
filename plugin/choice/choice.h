/* choice.h -- which reports are made of one profile, and in which order they show it:
 * as the configuration says, or as the flag of the request changes that. */

#ifndef PROFILER_CHOICE_H
#define PROFILER_CHOICE_H

#include "format.h"
#include "profile/origin.h"
#include "restrictions.h"
#include "sortkeys.h"

enum output { OUTPUT_LOG = 1, OUTPUT_FILE = 2, OUTPUT_HTML = 4 };

enum log_style { LOG_TABLE, LOG_LINE, LOG_JSON };

/* The pointers are into the configuration, which outlives the choice. */
struct report_choice {
    unsigned outputs; /* enum output */
    enum log_style log_style;
    struct sort_keys sort;
    const struct restrictions *restrictions;
    int64_t limit;               /* >= 0: the first rows, in place of restrictions */
    const struct format *answer; /* replaces the app's answer; NULL: none */
    const struct format **files; /* the formats of OUTPUT_FILE */
    size_t file_count;
    bool source;               /* with the source text of lines, read from files */
    struct origin_rules rules; /* the configuration leaves .origins NULL */
};

#endif
