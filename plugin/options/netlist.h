/* netlist.h -- sets of IP networks: whose flags are obeyed.
 *
 * Everything is held as IPv6; an IPv4 address or network is its IPv4-mapped form, so
 * ::ffff:127.0.0.1 and 127.0.0.1 are the same address. */

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
    uint8_t prefix_bits; /* of the 128 */
};

struct netlist {
    struct net *nets; /* owned */
    size_t count;
    char *text; /* owned; as configured, for messages */
};

/* An address as REMOTE_ADDR holds it. False for anything else: a port, a zone, a host
 * name, an empty text. */
bool net_address_parse(struct net_address *address, struct str text);

/* An address as the kernel gives it. False for another family than IPv4 and IPv6. */
bool net_address_read(struct net_address *address, const struct sockaddr *from);

bool net_address_is_loopback(const struct net_address *address);
bool net_address_is_unspecified(const struct net_address *address);

/* Adds addresses and CIDR blocks parted by commas or blanks. False with one line in
 * *error (what is wrong, what is possible); set host bits are such an error, naming
 * the network that was probably meant. */
bool netlist_add(struct netlist *list, struct str text, struct buf *error);

bool netlist_contains(const struct netlist *list, const struct net_address *address);

void netlist_free(struct netlist *list);

#endif
