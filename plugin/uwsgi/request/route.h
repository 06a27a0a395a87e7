/* route.h -- the route action "profile:".
 *
 *     route = ^/reports profile:sampling,file
 *
 * Routes run before the plugin's request function, so the action only marks the slot of
 * its core, for the current request. start_of_request distinguishes it from later
 * requests on this core. */

#ifndef PROFILER_ROUTE_H
#define PROFILER_ROUTE_H

#include "uwsgi/server/server.h"

/* Call it before the server reads its options. */
void route_register(void);

/* Parses the words of all actions. Call it after the last option. An error stops the
 * server with one line. */
void route_finish(void);

/* Returns the number of actions in the options. */
unsigned route_count(void);

#endif
