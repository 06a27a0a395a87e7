#include "sender.h"

#include "configure.h"

static bool router_proxy_lines; /* set once, before workers start */

/* Options with which the http plugin opens a socket. */
static bool has_router(void)
{
    static const char *const names[] = {"http", "httprouter", "https", "https2",
                                        "http-to-https"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (configure_server_has(names[i]))
            return true;
    return false;
}

void sender_prepare(void)
{
    const struct config *c = &profiler.config;
    router_proxy_lines = uwsgi.enable_proxy_protocol ||
                         configure_server_has("http-enable-proxy-protocol");
    if (!c->allow.count || !c->proxies.count || !has_router())
        return;
    if (router_proxy_lines)
        profiler_log("%s", "profiler-allow has no effect behind the http router, which "
                           "accepts PROXY lines from anybody: use http-socket");
    else
        profiler_log("%s",
                     "profiler-trusted-proxies: the http router joins the headers "
                     "X-Forwarded-For and X_Forwarded_For. Unless the proxy drops "
                     "X_Forwarded_For (nginx: underscores_in_headers off), anybody "
                     "passes profiler-allow: use http-socket");
}

/* "http", "http11" or "https". A socket without a protocol has the server's. */
static bool speaks_http(const struct uwsgi_socket *socket)
{
    const char *name = socket->proto_name ? socket->proto_name : uwsgi.protocol;
    return name && !strncmp(name, "http", 4);
}

struct connection sender_connection(const struct wsgi_request *r)
{
    struct connection c = {.router_proxy_lines = router_proxy_lines};
    if (!r->proto_parser_buf || !r->socket || !speaks_http(r->socket))
        return c;
    c.head = (struct str){r->proto_parser_buf, (size_t)r->proto_parser_pos};
    c.peer = (const struct sockaddr *)&r->client_addr;
    c.proxy_lines = uwsgi.enable_proxy_protocol;
    return c;
}
