#include "headers.h"

#include <inttypes.h>
#include <stdio.h>

bool headers_start(struct wsgi_request *r, const char *status)
{
    if (r->transformations) {
        uwsgi_free_transformations(r);
        r->transformations = NULL;
    }
    r->is_response_routing = 1; /* routes apply to the app's answer only */
    r->is_error_routing = 1;
    return uwsgi_response_prepare_headers(r, (char *)status,
                                          (uint16_t)strlen(status)) == 0;
}

void headers_add(struct wsgi_request *r, const char *name, struct str value)
{
    uwsgi_response_add_header_force(r, (char *)name, (uint16_t)strlen(name),
                                    (char *)value.data, (uint16_t)value.len);
}

void headers_add_text(struct wsgi_request *r, const char *name, const char *value)
{
    headers_add(r, name, str_from(value));
}

void headers_add_number(struct wsgi_request *r, const char *name, uint64_t value)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, value);
    headers_add_text(r, name, number);
}

void headers_add_guards(struct wsgi_request *r)
{
    headers_add_text(r, "X-Content-Type-Options", "nosniff");
    headers_add_text(r, "Referrer-Policy", "no-referrer");
    headers_add_text(r, "X-Robots-Tag", "noindex");
}
