/* server.h -- uwsgi.h, and the one state of this plugin.
 *
 * `profiler` is written while the server starts (in the process that becomes the
 * master) and once in each worker, before its first request; afterwards only the
 * places, `draws` and the slots change, each slot by its own core alone. */

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
    struct uwsgi_plugin *python; /* the server's Python plugin; NULL: no Python runs */
    struct origins origins;      /* where this Python and its packages are */
    char *no_sampling;          /* owned; why this server cannot sample; NULL: it can */
    struct collector_env *env;  /* from here on: per worker */
    struct request_slot *slots; /* by core: wsgi_req->async_id */
    struct places places;       /* of profiler-max-active */
    uint64_t draws;             /* of the trigger "ratio"; see rate_draw */
    bool headers_leave_at_once; /* start_response-nodelay */
};

extern struct profiler profiler;
extern struct uwsgi_server uwsgi;

/* One line into the server's log: "profiler: ...". Whatever texts are in it, it stays
 * one line, and a terminal shows it as it is. */
void profiler_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same without "profiler: ": for lines that begin with an option's name. */
void profiler_log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
