/* sender.h -- finds out who sends a request, for gate/access.h, and warns at start when
 * the configuration makes that uncertain. */

#ifndef PROFILER_SENDER_H
#define PROFILER_SENDER_H

#include "gate/connection.h"
#include "server.h"

/* Call it at the server's start, after its options are read. Logs a warning when access
 * depends on how a proxy is configured. */
void sender_prepare(void);

/* Returns views into the request, which must outlive them. */
struct connection sender_connection(const struct wsgi_request *r);

#endif
