/* netlist.h -- sets of IP networks, for the options that name clients and proxies.
 *
 * All addresses are stored as IPv6. An IPv4 address or network is stored in its
 * IPv4-mapped form, so ::ffff:127.0.0.1 equals 127.0.0.1. */

#ifndef PROFILER_NETLIST_H
#define PROFILER_NETLIST_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/socket.h>

struct net_address {
    uint8_t bytes[16];
};

struct net {
    struct net_address base;
    uint8_t prefix_bits; /* 0 to 128 */
};

struct netlist {
    struct net *nets; /* owned */
    size_t count;
    char *text; /* owned; as configured, for messages */
};

/* Parses an address as in REMOTE_ADDR. False for anything else: a port, a zone, a host
 * name, an empty text. */
bool net_address_parse(struct net_address *address, struct str text);

/* Reads an address as the kernel gives it. False for other families than IPv4 and
 * IPv6. */
bool net_address_read(struct net_address *address, const struct sockaddr *from);

bool net_address_is_loopback(const struct net_address *address);
bool net_address_is_unspecified(const struct net_address *address);

/* Adds addresses and CIDR blocks, separated by commas or blanks. False with one line in
 * *error (what is wrong, what is possible). Host bits that are set are an error: the
 * line suggests the network that was probably meant. */
bool netlist_add(struct netlist *list, struct str text, struct buf *error);

bool netlist_contains(const struct netlist *list, const struct net_address *address);

void netlist_free(struct netlist *list);

#endif
