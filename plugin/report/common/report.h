/* report.h -- the input of a report.
 *
 * All parts are borrowed and immutable. Any thread may use it, without the GIL. */

#ifndef PROFILER_REPORT_H
#define PROFILER_REPORT_H

#include "choice/choice.h"
#include "profile/profile.h"
#include "profile/stats.h"

struct report {
    const struct profile *profile;
    const struct stats *stats; /* of this profile */
    const struct report_choice *choice;
};

#endif
