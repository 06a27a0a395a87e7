/* host.h -- the value of a Host header: a name or an address, with or without a port.
 */

#ifndef PROFILER_HOST_H
#define PROFILER_HOST_H

#include "base/str.h"

/* Removes the port, the brackets of an IPv6 address, and a name's final dot. False if
 * the text is no Host. */
bool host_name(struct str host, struct str *name);

/* Is this a loopback name or address: "localhost:8000", "[::1]"? */
bool host_is_loopback(struct str host);

/* Is it an IPv4 or IPv6 address? */
bool host_is_address(struct str host);

/* Letters, digits, and "-", "_", "." */
bool host_is_plain(struct str name);

#endif
