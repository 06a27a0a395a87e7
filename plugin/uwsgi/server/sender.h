/* sender.h -- what the server knows of who sends a request, for gate/access.h; and what
 * it cannot know, for the log at start. */

#ifndef PROFILER_SENDER_H
#define PROFILER_SENDER_H

#include "gate/connection.h"
#include "server.h"

/* At the server's start, once its options are read. Warns where the configuration
 * depends on a proxy's care. */
void sender_prepare(void);

/* Views into the request, which outlives them. */
struct connection sender_connection(const struct wsgi_request *r);

#endif
