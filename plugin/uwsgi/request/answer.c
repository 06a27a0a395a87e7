#include "answer.h"

#include "system/clock.h"
#include "report/common/decimal.h"
#include "uwsgi/server/headers.h"

void answer_take_cache_control(struct wsgi_request *r)
{
    static const char name[] = "Cache-Control";
    struct uwsgi_string_list *entry = calloc(1, sizeof *entry);
    char *value = entry ? strdup(name) : NULL; /* the server frees both */
    if (!value) {
        free(entry);
        return;
    }
    entry->value = value;
    entry->len = sizeof name - 1;
    entry->next = r->remove_headers;
    r->remove_headers = entry;
}

/* HEADERS_BYTES: more than all our headers need. CACHE_CONTROL_BYTES: for that one. */
#define HEADERS_BYTES 512
#define CACHE_CONTROL_BYTES 64

/* Returns how many bytes can certainly be added. If a header does not fit
 * (response-headers-limit), the server treats this as an error and sends nothing at
 * all. The server grows the buffer by at least the missing bytes, up to the limit, so
 * the free rest of the buffer and the possible growth must not be added up. */
static size_t room(const struct wsgi_request *r)
{
    const struct uwsgi_buffer *headers = r->headers;
    if (!headers || !headers->limit)
        return SIZE_MAX;
    size_t there = headers->len - headers->pos;
    size_t growth = headers->limit > headers->len ? headers->limit - headers->len : 0;
    return there > growth ? there : growth;
}

/* Adds this header before all others of ours, since it keeps a profiled answer out of
 * caches. The app's own was removed. */
static void add_cache_control(struct wsgi_request *r)
{
    if (room(r) >= CACHE_CONTROL_BYTES)
        headers_add_text(r, "Cache-Control", "private, no-store");
}

void answer_add_headers(const struct request_slot *slot, struct wsgi_request *r)
{
    const char *error = slot->error[0] ? slot->error
                        : slot->phase == REQUEST_FLAGGED
                            ? "no Python application was called: uWSGI's log says "
                              "whether it was loaded"
                            : NULL;
    if (!error)
        add_cache_control(r);
    if (room(r) < HEADERS_BYTES)
        return;
    if (error) {
        headers_add_text(r, "X-Profile-Error", error);
        return;
    }
    headers_add_text(r, "X-Profile-Id", slot->profile->id);
    if (slot->called) {
        struct buf value = {0};
        buf_add_text(&value, "app;dur=");
        decimal_add_ms(&value, clock_ns(CLOCK_MONOTONIC) - slot->started_ns);
        if (!value.failed)
            headers_add(r, "Server-Timing", buf_str(&value));
        buf_free(&value);
    }
}

/* Finds the next "Name: value" line of the header block. Skips the status line, which
 * has a blank before its first colon. */
static bool next_header(struct str *rest, struct str *name, struct str *value)
{
    struct str line;
    while (str_split(rest, '\n', &line)) {
        if (line.len && line.data[line.len - 1] == '\r')
            line.len--;
        const char *colon = line.len ? memchr(line.data, ':', line.len) : NULL;
        if (!colon || memchr(line.data, ' ', (size_t)(colon - line.data)))
            continue;
        *name = (struct str){line.data, (size_t)(colon - line.data)};
        *value = str_trim((struct str){colon + 1, line.len - name->len - 1});
        return true;
    }
    return false;
}

static struct str header_block(const struct wsgi_request *r)
{
    if (!r->headers || !r->headers->pos)
        return (struct str){NULL, 0};
    return (struct str){r->headers->buf, r->headers->pos};
}

struct str answer_header(const struct wsgi_request *r, struct str wanted)
{
    struct str rest = header_block(r), name, value;
    while (next_header(&rest, &name, &value))
        if (str_equal_nocase(name, wanted))
            return value;
    return (struct str){NULL, 0};
}

/* A new header block deletes the old one, so the cookies are copied, as far as they
 * leave room for our headers. */
static void copy_cookies(struct wsgi_request *r, struct str old)
{
    struct str name, value;
    while (next_header(&old, &name, &value))
        if (str_equal_nocase(name, STR("Set-Cookie")) &&
            room(r) >= value.len + strlen("Set-Cookie: \r\n") + HEADERS_BYTES)
            headers_add(r, "Set-Cookie", value);
}

static void add_report_headers(struct wsgi_request *r, int app_status,
                               const struct replacement *with)
{
    headers_add_text(r, "Content-Type", with->mime);
    headers_add_number(r, "Content-Length", with->body.len);
    if (app_status)
        headers_add_number(r, "X-Profile-Status", (uint64_t)app_status);
    else
        headers_add_text(r, "X-Profile-Status", "-");
    headers_add_guards(r);
    if (with->policy)
        headers_add_text(r, "Content-Security-Policy", with->policy);
}

bool answer_replace(struct held *held, struct wsgi_request *r, int app_status,
                    const struct replacement *with)
{
    if (!held_end(held, r))
        return false;
    struct buf old = {0};
    buf_add_str(&old, header_block(r));
    bool started = headers_start(r, "200 OK");
    if (started) {
        add_report_headers(r, app_status, with);
        copy_cookies(r, buf_str(&old));
        if (headers_alone(r))
            uwsgi_response_write_headers_do(r);
        else
            uwsgi_response_write_body_do(r, (char *)with->body.data, with->body.len);
    }
    buf_free(&old);
    return started;
}
