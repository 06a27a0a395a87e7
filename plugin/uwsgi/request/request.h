/* request.h -- the life of a profiled request, from its flag to its report. For its
 * phases see slot.h. */

#ifndef PROFILER_REQUEST_H
#define PROFILER_REQUEST_H

#include "slot.h"

/* Decides whether to profile a new request. False when its variables cannot be read:
 * the request must then end at once, as the Python plugin would end it. */
bool request_begin(struct request_slot *slot, struct wsgi_request *r);

/* Before and after the call of the callable. returned: false if it raised. GIL held. */
void request_start(struct request_slot *slot, struct wsgi_request *r);
void request_called(struct request_slot *slot, bool returned);

/* Before the next chunk is requested. Ends a response that is to be replaced if it
 * takes too long or its client has left. GIL held or not. */
void request_chunk(struct request_slot *slot, struct wsgi_request *r);

/* The app's iterable was closed. GIL held. */
void request_closed(struct request_slot *slot);

/* An exception that has left the app is pending. GIL held. */
void request_raised(struct request_slot *slot);

/* The thread switches to another request, and back. */
void request_paused(struct request_slot *slot);
void request_resumed(struct request_slot *slot);

/* The headers are about to be sent: adds ours. */
void request_headers(struct request_slot *slot, struct wsgi_request *r);

/* The Python plugin has finished the request: replaces the answer, and submits the
 * profile. */
void request_end(struct request_slot *slot, struct wsgi_request *r);

#endif
