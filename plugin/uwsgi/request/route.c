#include "route.h"

#include "gate/routespec.h"
#include "uwsgi/server/configure.h"
#include "slot.h"

#ifdef UWSGI_ROUTING

struct route {
    struct route *next;
    const char *words; /* the server's, kept as long as it lives */
    struct flag flag;
};

/* All that the options hold; never freed. */
static struct route *routes;
static bool finished;

static int on_match(struct wsgi_request *r, struct uwsgi_route *matched)
{
    const struct route *route = matched->data;
    if (profiler.slots)
        request_mark(request_slot(r), r, &route->flag);
    return UWSGI_ROUTE_NEXT;
}

/* The server calls this for each action when it reads the action's option; further
 * options may follow. An app can call it, too, by uwsgi.route("profile", ...). Then it
 * fails, since the app's request runs already. */
static int on_action(struct uwsgi_route *added, char *words)
{
    struct route *route = finished ? NULL : calloc(1, sizeof *route);
    if (!route)
        return -1;
    route->words = words;
    route->next = routes;
    routes = route;
    added->func = on_match;
    added->data = route;
    return 0;
}

void route_register(void)
{
    uwsgi_register_router((char *)"profile", on_action);
}

void route_finish(void)
{
    struct buf error = {0};
    for (struct route *route = routes; route; route = route->next)
        if (!routespec_parse(&route->flag, &profiler.config, str_from(route->words),
                             &error))
            configure_stop(&error);
    finished = true;
    buf_free(&error);
}

unsigned route_count(void)
{
    unsigned count = 0;
    for (const struct route *route = routes; route; route = route->next)
        count++;
    return count;
}

#else

void route_register(void)
{
}

void route_finish(void)
{
}

unsigned route_count(void)
{
    return 0;
}

#endif
