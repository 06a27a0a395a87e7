/* sending.h -- sends a body to the client, block by block.
 *
 * In a loop with coroutines, or with a thread per request, the server waits for a slow
 * client without blocking other requests. In async mode without coroutines it would
 * spin. There the request returns UWSGI_AGAIN after each block, and the server calls it
 * again. */

#ifndef PROFILER_SENDING_H
#define PROFILER_SENDING_H

#include "uwsgi/server/server.h"

#include "browse/body.h"

/* One per core. Valid when zeroed. */
struct sending {
    struct body body;
    struct str block;
    uint64_t request; /* start_of_request of its request; 0: nothing is being sent */
};

/* Takes a body over, for this request. The server no longer kills the request if it
 * takes long. `all` has one per core. */
void sending_set(struct sending *all, const struct wsgi_request *r, struct body *body);

/* Is there more to send of the answer to this request? Ends the answer to another
 * request, which the server has dropped. */
bool sending_is_on(struct sending *s, const struct wsgi_request *r);

/* Sends the headers that are set, and the body. Returns what the server's request
 * function returns. Call it with little on the stack: greenlets copy that whenever they
 * wait. */
int sending_go(struct sending *s, struct wsgi_request *r);

#endif
