/* alone.h -- a shelf that has all paths of a server (profiler-browse = /), and a server
 * that has nothing but a shelf. */

#ifndef PROFILER_ALONE_H
#define PROFILER_ALONE_H

#include "uwsgi/server/server.h"

/* Makes the shelf answer the requests of a server without an app or its plugin. Call it
 * after the last plugin was loaded. False when there is no shelf, or when another
 * plugin answers requests. */
bool shelf_take_server(void);

/* Stop the server if the shelf would hide the app. The first finds apps that each
 * worker loads, before the fork; the second those that are loaded. */
void shelf_check_options(void);
void shelf_check_apps(void);

#endif
