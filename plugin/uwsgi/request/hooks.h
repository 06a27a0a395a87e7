/* hooks.h -- functions of the server that this plugin replaces.
 *
 *   request             of the Python plugin: begin and end of each request, in every
 *                       loop engine; GIL held or not
 *   request_subhandler  of each app: the call of its callable; GIL held
 *   response_subhandler of each app: once per chunk; UWSGI_OK comes after close(); GIL
 *                       held (not called for later chunks in async mode)
 *   suspend, resume     of the Python plugin: leaving and entering a coroutine
 *   exception_log       of the Python plugin: an exception has left the app; GIL held
 *   proto_fix_headers   of each socket: the headers are about to be sent
 *   clock               of the server: it is read during the load of a dynamic app, the
 *                       only moment between the app's creation and its first request
 *
 * Each replacement calls the original function. Every worker has its own copy of the
 * apps and sockets, so hooks_worker runs in each. */

#ifndef PROFILER_HOOKS_H
#define PROFILER_HOOKS_H

#include "uwsgi/server/server.h"

/* Replaces the Python plugin's functions. Call it before the server forks. False when
 * the server has no Python plugin, or when out of memory. */
bool hooks_server(void);

/* Replaces the functions of all new apps. Call it in a worker whenever its apps may
 * have changed. False when out of memory. */
bool hooks_worker(void);

#endif
