/* connection.h -- what the server knows about a request's sender, besides its
 * variables.
 *
 * On sockets that speak HTTP, the server makes the variables from lines that any client
 * can write. It joins headers whose names differ only in "-" and "_". It reads the
 * client's address from a first line "PROXY ...". The original lines, and the
 * connection's peer, show whether it did. */

#ifndef PROFILER_CONNECTION_H
#define PROFILER_CONNECTION_H

#include "options/netlist.h"

#include <sys/socket.h>

struct connection {
    struct str head; /* HTTP sockets: the bytes that were read, starting with the
                        request's lines; .data NULL: another protocol */
    const struct sockaddr *peer; /* HTTP sockets: the client of the connection */
    bool proxy_lines;            /* the server accepts PROXY lines */
    bool router_proxy_lines;     /* its http router accepts them */
};

/* Could the client have chosen REMOTE_ADDR? Returns the reason (static), or NULL for
 * no. routed: the http router made the variables. */
const char *connection_hides_sender(const struct connection *c, bool routed,
                                    const struct netlist *proxies);

/* Is there more than one line of X-Forwarded-For, in any spelling? False when the lines
 * are unknown. */
bool connection_forwarded_for_twice(const struct connection *c);

#endif
