/* answer.h -- what the client gets: headers on the app's own answer, or a report in its
 * place. */

#ifndef PROFILER_ANSWER_H
#define PROFILER_ANSWER_H

#include "slot.h"

/* Before the app runs: its Cache-Control will not be sent. */
void answer_take_cache_control(struct wsgi_request *r);

/* As the headers leave. */
void answer_add_headers(const struct request_slot *slot, struct wsgi_request *r);

/* What stands in place of the app's answer. */
struct replacement {
    const char *mime;
    const char *policy; /* Content-Security-Policy; NULL: none */
    struct str body;
};

/* After the app: replaces its held answer, whose cookies are kept. False when it has
 * left (see held_end). */
bool answer_replace(struct held *held, struct wsgi_request *r, int app_status,
                    const struct replacement *with);

/* The value of a header of the app's answer; {NULL, 0} when there is none. A view into
 * the request's header buffer. */
struct str answer_header(const struct wsgi_request *r, struct str name);

#endif
