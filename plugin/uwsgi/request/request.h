/* request.h -- the life of a profiled request, from its flag to its report. The phases
 * are those of slot.h. */

#ifndef PROFILER_REQUEST_H
#define PROFILER_REQUEST_H

#include "slot.h"

/* Decides about a new request. False when its variables cannot be read: then it has to
 * end at once, as the Python plugin would end it. */
bool request_begin(struct request_slot *slot, struct wsgi_request *r);

/* The callable is about to be called; it has returned, or raised. GIL held. */
void request_start(struct request_slot *slot, struct wsgi_request *r);
void request_called(struct request_slot *slot, bool returned);

/* The next chunk is about to be asked for: ends a response that is to be replaced, and
 * takes too long or has nobody who waits for it. GIL held or not. */
void request_chunk(struct request_slot *slot, struct wsgi_request *r);

/* The iterable was closed. GIL held. */
void request_closed(struct request_slot *slot);

/* An exception that has left the app is pending. GIL held. */
void request_raised(struct request_slot *slot);

/* The thread turns to another request, and back. */
void request_paused(struct request_slot *slot);
void request_resumed(struct request_slot *slot);

/* The headers are about to leave: adds ours. */
void request_headers(struct request_slot *slot, struct wsgi_request *r);

/* The Python plugin is done with it: replaces the answer, hands the profile over. */
void request_end(struct request_slot *slot, struct wsgi_request *r);

#endif
