/* held.h -- holds back an app's response that a report may replace.
 *
 * Meanwhile the request has a substitute socket. The server sends everything to it as
 * to the client, and the substitute keeps it. So the app and the server notice no
 * difference. An app can end its response itself (uwsgi.disconnect(), to continue with
 * other work): then the kept response is sent. The answer to a websocket handshake is
 * sent at once. Neither can be replaced. */

#ifndef PROFILER_HELD_H
#define PROFILER_HELD_H

#include "uwsgi/server/server.h"

#include "base/buf.h"

/* Size limit of a kept response. If the app itself ends a longer one, it is lost. */
#define HELD_BYTES_MAX 4194304

struct held {
    struct uwsgi_socket *real;  /* NULL: nothing is held */
    struct uwsgi_socket socket; /* the request's socket while the response is held */
    struct buf kept;
    bool too_long; /* exceeds the limit, or out of memory */
};

/* Call it before the app runs. */
void held_start(struct held *h, struct wsgi_request *r);

/* Call it after the app has ended. Restores the client's socket, and the request's
 * state before anything was sent. False when the response cannot be replaced any more:
 * it was sent, or the app has ended it. */
bool held_end(struct held *h, struct wsgi_request *r);

/* Returns the socket on which the request arrived. */
static inline const struct uwsgi_socket *held_socket(const struct held *h,
                                                     const struct wsgi_request *r)
{
    return h->real ? h->real : r->socket;
}

#endif
