#include "connection.h"

#include <ctype.h>

const char *connection_hides_sender(const struct connection *c, bool routed,
                                    const struct netlist *proxies)
{
    struct net_address peer;
    if (routed)
        return c->router_proxy_lines
                   ? "the http router accepts PROXY lines from anybody"
                   : NULL;
    if (!c->head.data)
        return NULL;
    if (c->peer->sa_family == AF_UNSPEC)
        return "on a connection that is kept alive, uWSGI knows the address for the "
               "first request only";
    if (!net_address_read(&peer, c->peer))
        /* uWSGI makes up REMOTE_ADDR */
        return "clients of unix sockets have no address";
    if (c->proxy_lines && str_starts(c->head, STR("PROXY ")) &&
        !netlist_contains(proxies, &peer))
        return "a PROXY line names its address, and the peer that sent the line is not "
               "in profiler-trusted-proxies";
    return NULL;
}

/* Is this line an X-Forwarded-For, in any spelling? The server normally has changed the
 * name in place, to capitals and "_". */
static bool is_forwarded_for(struct str line)
{
    static const struct str name = {"X_FORWARDED_FOR:", 16};
    if (line.len < name.len || line.data[name.len - 1] != ':')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = line.data[i] == '-' ? '_' : line.data[i];
        if (toupper((unsigned char)c) != name.data[i])
            return false;
    }
    return true;
}

/* Reads up to the empty line; the body may hold anything. The server ends lines at
 * "\r\n". Ending them at each "\n" can only count too many. */
bool connection_forwarded_for_twice(const struct connection *c)
{
    struct str rest = c->head, line;
    if (!rest.data)
        return false;
    const char *end = memmem(rest.data, rest.len, "\r\n\r\n", 4);
    rest.len = end ? (size_t)(end - rest.data) : rest.len;
    for (bool found = false; str_split(&rest, '\n', &line);) {
        if (!is_forwarded_for(line))
            continue;
        if (found)
            return true;
        found = true;
    }
    return false;
}
