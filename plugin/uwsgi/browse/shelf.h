/* shelf.h -- the requests below profiler-browse: who may see the shelf, and sending its
 * answers. Runs before the app, and calls no Python. */

#ifndef PROFILER_SHELF_H
#define PROFILER_SHELF_H

#include "uwsgi/server/server.h"

/* Call it in each worker. False when out of memory. */
bool shelf_prepare(void);

/* Answers a request for the shelf of a client that may see it. False for any other
 * request: it is left as it was, and the app's turn comes. *status: what the server's
 * request function returns. Call it again for the same request after UWSGI_AGAIN. */
bool shelf_answer(struct wsgi_request *r, int *status);

#endif
