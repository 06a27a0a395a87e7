/* trigger.h -- is this request to be profiled, and who says so?
 *
 * Decided from the request's variables alone, before any Python runs, and cheap for the
 * many requests that carry no flag. It only reads the configuration: any thread, no
 * GIL. */

#ifndef PROFILER_TRIGGER_H
#define PROFILER_TRIGGER_H

#include "connection.h"
#include "flag.h"

#include <sys/uio.h>

/* A request as CGI variables; all views into the server's memory. */
struct request_view {
    struct str method;
    struct str path;              /* PATH_INFO */
    struct str query;             /* QUERY_STRING */
    const struct iovec *vars;     /* name, value, name, value, ... */
    size_t var_count;             /* entries of vars: twice the number of variables */
    struct connection connection; /* all zeros: only the variables are known */
    const struct flag *route;     /* of the route that it took; NULL: none */
    uint64_t *draws;              /* the state of chance.h, shared by all threads */
};

enum verdict {
    VERDICT_NONE,    /* not profiled: as if the plugin were not there */
    VERDICT_PROFILE, /* profile it as .flag says */
    VERDICT_ERROR,   /* an obeyed flag that cannot be followed: .error says why */
    VERDICT_DENIED,  /* a flag of somebody who is not obeyed: NONE, but counted */
};

/* Why a flag is not obeyed, for the log. */
struct denial {
    struct str address; /* of its sender, as it was sent: a view; .data NULL: none */
    const char
        *why; /* static, or of the configuration: "not in profiler-allow (...)" */
    const char *advice; /* static: "set profiler-key"; "": none */
    struct str header;  /* the forwarding header that is there; .data NULL: none */
    bool addable;       /* with .address in profiler-allow it would be obeyed */
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

/* The value of one variable; .data is NULL when it is not there. */
struct str request_var(const struct request_view *r, struct str name);

#endif
