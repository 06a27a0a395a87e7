/* visitor.h -- may the sender of this request open the shelf?
 *
 * As for a flag: the client that profiler-allow names, or this machine; with a key, a
 * client that proves it. Proofs are key= in the header X-Profile or in a cookie
 * ("profile", and those of profiler-trigger), and the session's cookie. A signed URL of
 * the list (?profile=exp=...,sig=...) opens a session. A session is open to all of the
 * shelf, so no other words are allowed in that signature.
 *
 * A page of another site can make a browser send all of these except a header. With DNS
 * rebinding, the browser takes that page for one of this site. So requests that such
 * pages made are refused, unless the browser shows the answer as a page of its own; and
 * without a key the Host must be an address or a name that the administrator has set
 * (profiler-browse-host).
 */

#ifndef PROFILER_VISITOR_H
#define PROFILER_VISITOR_H

#include "access.h"

enum visit {
    VISIT_NONE,    /* the app answers, as if there were no shelf */
    VISIT_DENIED,  /* the same, but log .denial */
    VISIT_ALLOWED, /* answer it */
    VISIT_OPENS,   /* answer it with a session that ends at .expires_s */
};

struct visitor {
    enum visit visit;
    struct denial denial;
    int64_t expires_s; /* seconds since 1970 */
};

/* Decides about a request below profiler-browse. is_list: it asks for the list itself.
 * now_s: seconds since 1970. */
void visitor_decide(struct visitor *v, const struct config *c,
                    const struct request_view *r, bool is_list, int64_t now_s);

#endif
