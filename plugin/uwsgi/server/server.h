/* server.h -- uwsgi.h, and the state of this plugin.
 *
 * `profiler` is written while the server starts (in the process that becomes the
 * master), and once in each worker before its first request. After that, only the
 * places, `draws` and the slots change. Only its own core changes a slot. */

#ifndef PROFILER_SERVER_H
#define PROFILER_SERVER_H

#include <uwsgi.h>

#include "options/config.h"
#include "gate/places.h"
#include "base/version.h"
#include "collect/collector.h"

struct request_slot;

struct profiler {
    struct config config;
    struct uwsgi_plugin *python; /* the server's Python plugin; NULL: no Python */
    struct origins origins;      /* directories of this Python and its packages */
    char *no_sampling;           /* owned; why this server cannot sample, or NULL */
    struct collector_env *env;   /* this and the following: per worker */
    struct request_slot *slots;  /* one per core, index wsgi_req->async_id */
    struct places places;        /* free places (profiler-max-active) */
    word64 draws;               /* random state of the trigger "ratio", see rate_draw */
    bool headers_leave_at_once; /* the option start_response-nodelay is set */
};

extern struct profiler profiler;
extern struct uwsgi_server uwsgi;

/* Writes one line "profiler: ..." to the server's log. It stays one line that is safe
 * to show on a terminal, whatever texts it contains. */
void profiler_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As profiler_log, without "profiler: ": for lines that begin with an option's name. */
void profiler_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
