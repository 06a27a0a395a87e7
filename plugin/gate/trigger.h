/* trigger.h -- decides whether to profile a request, and why.
 *
 * It uses the request's variables and connection only, before any Python runs, and is
 * cheap for the many requests without a flag. It only reads the configuration. Any
 * thread, no GIL. */

#ifndef PROFILER_TRIGGER_H
#define PROFILER_TRIGGER_H

#include "access.h"
#include "flag.h"
#include "view.h"

enum verdict {
    VERDICT_NONE,    /* not profiled; the plugin changes nothing */
    VERDICT_PROFILE, /* profile it as .flag says */
    VERDICT_ERROR,   /* the flag is accepted, but impossible: see .error */
    VERDICT_DENIED,  /* like NONE, but a flag was ignored: count it */
};

struct decision {
    enum verdict verdict;
    bool flagged;   /* decided by a flag of the request, not by the configuration */
    bool automatic; /* decided by "always" or "ratio", not by a flag or a route */
    bool denied;    /* VERDICT_PROFILE, after another flag was ignored */
    bool almost;    /* a client that may profile sent almost a flag */
    struct str almost_of; /* the name of its parameter; a view, as .parameter */
    struct flag flag;
    struct str parameter; /* name of the query parameter that held the flag: a view
                             into the configuration; .data NULL: none */
    char error[256];      /* VERDICT_ERROR: a header's value; .almost: see meant.h */
    struct denial denial; /* VERDICT_DENIED, or .denied */
};

void trigger_decide(struct decision *d, const struct config *c,
                    const struct request_view *r);

#endif
