/* access.h -- who sends a flag, and is he obeyed?
 *
 * Without profiler-allow and a key only this machine is: a loopback address, that asked
 * for a loopback name (else any page on the web could reach us through a name of its
 * own that resolves to 127.0.0.1), through no proxy that says it is one. Behind a proxy
 * of profiler-trusted-proxies, the sender is the first address of X-Forwarded-For, read
 * from the right, that is not such a proxy's, too. */

#ifndef PROFILER_ACCESS_H
#define PROFILER_ACCESS_H

#include "options/config.h"
#include "view.h"

/* What a request's variables say of its sender. Views, as in struct request_view. */
struct sender {
    struct str address;       /* REMOTE_ADDR; .data NULL: none */
    struct str host;          /* HTTP_HOST; .data NULL: none */
    bool ambiguous;           /* one of these is there twice */
    struct str forwarded_for; /* HTTP_X_FORWARDED_FOR; .data NULL: none */
    bool forwarded_for_twice;
    const struct connection *connection;
    bool routed;          /* the variables were made by the server's http router */
    bool forwarded;       /* there is a header of a proxy... */
    struct str forwarder; /* ...the first of them: "X_REAL_IP" */
    bool cross_site;      /* a browser asks for a page of another site... */
    bool document;        /* ...and shows the answer on its own */
    bool unasked;         /* a prefetch: no flags */
};

/* Why a flag is not obeyed, for the log. */
struct denial {
    struct str address; /* of its sender, as it was sent: a view; .data NULL: none */
    const char
        *why; /* static, or of the configuration: "not in profiler-allow (...)" */
    const char *advice; /* static: "set profiler-key"; "": none */
    struct str header;  /* the forwarding header that is there; .data NULL: none */
    bool addable;       /* with .address in profiler-allow it would be obeyed */
};

void sender_read(struct sender *s, const struct request_view *r);

/* May this sender's flags be obeyed, as far as his address is concerned? False with who
 * and why in *denial. True for anybody when a key alone is set. */
bool sender_allowed(const struct sender *s, const struct config *c,
                    struct denial *denial);

/* A loopback name or address, with or without a port: "localhost:8000", "[::1]". */
bool host_is_loopback(struct str host);

#endif
