/* report.h -- what a report is made from.
 *
 * Borrowed, and immutable: any thread, no GIL. */

#ifndef PROFILER_REPORT_H
#define PROFILER_REPORT_H

#include "choice/choice.h"
#include "profile/profile.h"
#include "profile/stats.h"

struct report {
    const struct profile *profile;
    const struct stats *stats; /* of that profile */
    const struct report_choice *choice;
};

#endif
