/* connection.h -- what the server knows of a request's sender beside its variables.
 *
 * On sockets that speak HTTP the server makes the variables itself, from lines that any
 * client can write: it joins headers whose names differ only in "-" and "_", and takes
 * a first line "PROXY ..." for the client's address. The lines and the peer of the
 * connection show what became of whom. */

#ifndef PROFILER_CONNECTION_H
#define PROFILER_CONNECTION_H

#include "options/netlist.h"

#include <sys/socket.h>

struct connection {
    struct str head; /* of an HTTP socket: the bytes that were read, the lines of the
                        request first; .data NULL: another protocol */
    const struct sockaddr *peer; /* of an HTTP socket: who has connected */
    bool proxy_lines;            /* the server believes PROXY lines */
    bool router_proxy_lines;     /* so does its http router */
};

/* May REMOTE_ADDR be what a client chose? NULL, or why: static. routed: the http router
 * made the variables. */
const char *connection_hides_sender(const struct connection *c, bool routed,
                                    const struct netlist *proxies);

/* Is there more than one line of X-Forwarded-For, however its name is spelt? False
 * where the lines are not known. */
bool connection_forwarded_for_twice(const struct connection *c);

#endif
