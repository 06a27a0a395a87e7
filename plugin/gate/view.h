/* view.h -- a request as the gate sees it.
 *
 * The gate decides whether a request is profiled. It knows the request's variables and
 * connection, and does not know the server's own structures. */

#ifndef PROFILER_VIEW_H
#define PROFILER_VIEW_H

#include "base/word64.h"
#include "connection.h"

#include <stdint.h>
#include <sys/uio.h>

struct flag;

/* A request as CGI variables; all views into the server's memory. */
struct request_view {
    struct str method;
    struct str path;              /* PATH_INFO */
    struct str query;             /* QUERY_STRING */
    const struct iovec *vars;     /* name, value, name, value, ... */
    size_t var_count;             /* entries of vars: twice the number of variables */
    struct connection connection; /* all zeros: only the variables are known */
    const struct flag *route;     /* the flag of the route that it took; NULL: none */
    word64 *draws;                /* state of rate_draw, shared by all threads */
};

/* Returns the value of a variable; .data is NULL if it does not exist. */
struct str request_var(const struct request_view *r, struct str name);

#endif
