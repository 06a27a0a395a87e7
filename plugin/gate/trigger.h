/* trigger.h -- is this request to be profiled, and who says so?
 *
 * Decided from the request's variables alone, before any Python runs, and cheap for the
 * many requests that carry no flag. It only reads the configuration: any thread, no
 * GIL. */

#ifndef PROFILER_TRIGGER_H
#define PROFILER_TRIGGER_H

#include "access.h"
#include "flag.h"
#include "view.h"

enum verdict {
    VERDICT_NONE,    /* not profiled: as if the plugin were not there */
    VERDICT_PROFILE, /* profile it as .flag says */
    VERDICT_ERROR,   /* an obeyed flag that cannot be followed: .error says why */
    VERDICT_DENIED,  /* a flag of somebody who is not obeyed: NONE, but counted */
};

struct decision {
    enum verdict verdict;
    bool flagged;   /* by a flag of the request, rather than by the configuration */
    bool automatic; /* by always or ratio, rather than by a flag or a route */
    bool denied;    /* VERDICT_PROFILE, and a flag was denied before */
    bool almost;    /* a client that may profile has sent what is almost a flag */
    struct str almost_of; /* the name of that parameter: as .parameter */
    struct flag flag;
    struct str parameter; /* of the query, that held the flag: a view into the
                             configuration; .data NULL: none did */
    char error[256];      /* VERDICT_ERROR: a header's value; .almost: see meant.h */
    struct denial denial; /* VERDICT_DENIED, or .denied */
};

void trigger_decide(struct decision *d, const struct config *c,
                    const struct request_view *r);

#endif
