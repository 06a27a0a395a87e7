/* access.h -- who sends a flag, and is he obeyed?
 *
 * Without profiler-allow only this machine is: a loopback address, that asked for a
 * loopback name (else any page on the web could reach us through a name of its own that
 * resolves to 127.0.0.1), through no proxy that says it is one. */

#ifndef PROFILER_ACCESS_H
#define PROFILER_ACCESS_H

#include "trigger.h"

/* What a request's variables say of its sender. Views, as in struct request_view. */
struct sender {
    struct str address; /* REMOTE_ADDR; .data NULL: none */
    struct str host;    /* HTTP_HOST; .data NULL: none */
    bool ambiguous;     /* one of these is there twice */
    bool forwarded;     /* there is a header of a proxy */
    bool unasked;       /* a prefetch, or an upgrade to another protocol: no flags */
};

void sender_read(struct sender *s, const struct request_view *r);

/* NULL when the sender's flags are obeyed, or why they are not: static, or owned by the
 * configuration. */
const char *sender_denied(const struct sender *s, const struct config *c);

/* A loopback name or address, with or without a port: "localhost:8000", "[::1]". */
bool host_is_loopback(struct str host);

#endif
