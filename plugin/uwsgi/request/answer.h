/* answer.h -- changes the client's answer: adds headers to the app's answer, or
 * replaces it by a report. */

#ifndef PROFILER_ANSWER_H
#define PROFILER_ANSWER_H

#include "slot.h"

/* Removes the app's Cache-Control from its answer. Call it before the app runs. */
void answer_take_cache_control(struct wsgi_request *r);

/* Call it when the headers are about to be sent. */
void answer_add_headers(const struct request_slot *slot, struct wsgi_request *r);

/* The answer that replaces the app's. */
struct replacement {
    const char *mime;
    const char *policy; /* Content-Security-Policy; NULL: none */
    struct str body;
};

/* Replaces the held answer of the app; its cookies are kept. Call it after the app has
 * ended. False when the answer was sent already (see held_end). */
bool answer_replace(struct held *held, struct wsgi_request *r, int app_status,
                    const struct replacement *with);

/* Returns the value of a header of the app's answer, or {NULL, 0}. A view into the
 * request's header buffer. */
struct str answer_header(const struct wsgi_request *r, struct str name);

#endif
