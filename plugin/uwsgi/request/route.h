/* route.h -- the route action "profile:".
 *
 *     route = ^/reports profile:sampling,file
 *
 * Routes run before the plugin's request: the action only marks its core's slot, for
 * the request that is there now. What comes later on this core is another request,
 * which start_of_request tells. */

#ifndef PROFILER_ROUTE_H
#define PROFILER_ROUTE_H

#include "uwsgi/server/server.h"

/* Before the server reads its options. */
void route_register(void);

/* After the last option: reads all actions' words. An error stops the server with one
 * line. */
void route_finish(void);

/* How many actions the options have. */
unsigned route_count(void);

#endif
