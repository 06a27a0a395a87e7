/* shelf.h -- the requests below profiler-browse: who may see the shelf, and sending its
 * answers. Runs before the app, and calls no Python. */

#ifndef PROFILER_SHELF_H
#define PROFILER_SHELF_H

#include "uwsgi/server/server.h"

#include <limits.h>

/* Call it in each worker. False when out of memory. */
bool shelf_prepare(void);

#define SHELF_PASSES INT_MIN /* no value of the server */

/* Answers a request for the shelf of a client that may see it. Returns what the
 * server's request function returns; SHELF_PASSES for any other request, which is left
 * as it was, for the app. Call it again for the same request after
 * UWSGI_AGAIN. */
int shelf_answer(struct wsgi_request *r);

#endif
