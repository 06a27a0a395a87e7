/* headers.h -- the headers of an answer that this plugin makes itself. */

#ifndef PROFILER_HEADERS_H
#define PROFILER_HEADERS_H

#include "server.h"

/* Drops the headers that were set so far, and what would change the body. Neither
 * response routes nor transformations (gzip) apply to our answers. status: "200 OK".
 * False when the headers were sent, or when out of memory. */
bool headers_start(struct wsgi_request *r, const char *status);

void headers_add(struct wsgi_request *r, const char *name, struct str value);
void headers_add_text(struct wsgi_request *r, const char *name, const char *value);
void headers_add_number(struct wsgi_request *r, const char *name, uint64_t value);

/* What each of our answers has: no other type may be guessed, no address is sent on, no
 * search engine keeps it. */
void headers_add_guards(struct wsgi_request *r);

/* Is the method HEAD, whose answer has no body? */
static inline bool headers_alone(const struct wsgi_request *r)
{
    return r->method_len == 4 && !memcmp(r->method, "HEAD", 4);
}

#endif
