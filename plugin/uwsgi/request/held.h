/* held.h -- an app's response that a report may replace.
 *
 * While it is held, the request has a socket of its own, to which the server sends all
 * as it would to the client's: what would leave is kept. So the app and the server see
 * what they would see without us. An app that ends its response itself
 * (uwsgi.disconnect(), to go on with something else) sends what was kept, and a
 * handshake of a websocket what it says; neither can be replaced then. */

#ifndef PROFILER_HELD_H
#define PROFILER_HELD_H

#include "uwsgi/server/server.h"

#include "base/buf.h"

/* What is kept of a response; of one that is longer nothing is, for an app that ends
 * it. */
#define HELD_BYTES_MAX 4194304

struct held {
    struct uwsgi_socket *real;  /* NULL: nothing is held */
    struct uwsgi_socket socket; /* the request's, in its place */
    struct buf kept;
    bool too_long; /* more than is kept, or there was no memory */
};

/* Before the app runs. */
void held_start(struct held *h, struct wsgi_request *r);

/* After it: the socket is the client's again, and the request as if nothing had been
 * sent. False when it can no longer be replaced: it has left, or the app has ended it.
 */
bool held_end(struct held *h, struct wsgi_request *r);

/* The socket that the request came from. */
static inline const struct uwsgi_socket *held_socket(const struct held *h,
                                                     const struct wsgi_request *r)
{
    return h->real ? h->real : r->socket;
}

#endif
