/* access.h -- who sends a flag, and may that client profile?
 *
 * With neither profiler-allow nor a key, only this machine may: a loopback address that
 * requests a loopback Host, without a header of a proxy. (The Host is checked because
 * any page on the web could reach us through a name of its own that resolves to
 * 127.0.0.1.) Behind a proxy of profiler-trusted-proxies, the sender is found in
 * X-Forwarded-For: the last of its addresses that is not such a proxy. */

#ifndef PROFILER_ACCESS_H
#define PROFILER_ACCESS_H

#include "options/config.h"
#include "view.h"

/* The facts about the sender of a request, from its variables. Views, as in struct
 * request_view. */
struct sender {
    struct str address;       /* REMOTE_ADDR; .data NULL: none */
    struct str host;          /* HTTP_HOST; .data NULL: none */
    bool ambiguous;           /* one of these exists twice */
    struct str forwarded_for; /* HTTP_X_FORWARDED_FOR; .data NULL: none */
    bool forwarded_for_twice;
    const struct connection *connection;
    bool routed;          /* the server's http router made the variables */
    bool forwarded;       /* a header of a proxy exists */
    struct str forwarder; /* the first of these headers: "X_REAL_IP" */
    bool cross_site;      /* a page of another site made the browser send it */
    bool document;        /* the browser shows the answer as a page of its own */
    bool unasked;         /* a prefetch: its flags are ignored */
};

/* Why a flag is ignored, for the log. */
struct denial {
    struct str address; /* of the sender, as sent; a view; .data NULL: none */
    const char *why; /* static, or the configuration's: "not in profiler-allow ..." */
    const char *advice; /* static: "set profiler-key"; "": none */
    struct str header;  /* the first header of a proxy; .data NULL: none */
    bool addable;       /* with .address in profiler-allow, it would be accepted */
};

#define DENIAL_FOREIGN                                                                 \
    "a page of another site made the browser send it (Sec-Fetch-Site: cross-site)"

void sender_read(struct sender *s, const struct request_view *r);

/* May this sender profile, as far as its address is concerned? Always true when only a
 * key is set. If false, *denial says who and why. */
bool sender_allowed(const struct sender *s, const struct config *c,
                    struct denial *denial);

#endif
