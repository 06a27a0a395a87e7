/* hooks.h -- the places where this plugin stands in the server's way.
 *
 *   request             of the Python plugin: begin and end of each request, in every
 *                       loop engine; GIL held or not
 *   request_subhandler  of each app: the call of its callable; GIL held
 *   response_subhandler of each app: once per chunk; UWSGI_OK comes after close(); GIL
 *                       held (not called for later chunks in async mode)
 *   suspend, resume     of the Python plugin: a coroutine is left and entered again
 *   exception_log       of the Python plugin: an exception has left the app; GIL held
 *   proto_fix_headers   of each socket: the headers are about to leave
 *   clock               of the server: read while a dynamic app is loaded, which is the
 *                       one moment between its making and its first request
 *
 * Each passes the call on to what was there before. Apps and sockets live in memory
 * that each worker has for itself, hence hooks_worker. */

#ifndef PROFILER_HOOKS_H
#define PROFILER_HOOKS_H

#include "uwsgi/server/server.h"

/* Before the server forks: takes the Python plugin's functions. False when the server
 * has no Python plugin, or no memory. */
bool hooks_server(void);

/* In a worker, as often as its apps may have changed: takes what is not yet taken.
 * False when out of memory. */
bool hooks_worker(void);

#endif
