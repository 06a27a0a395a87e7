#include "shelf.h"

#include "sending.h"

#include "browse/reply.h"
#include "gate/session.h"
#include "gate/visitor.h"
#include "python/interpreter.h"
#include "system/clock.h"
#include "uwsgi/server/headers.h"
#include "uwsgi/server/hints.h"
#include "uwsgi/server/sender.h"

static struct sending *sendings; /* one per core; per worker */

bool shelf_prepare(void)
{
    if (!sendings)
        sendings = calloc((size_t)uwsgi.cores, sizeof *sendings);
    return sendings;
}

static bool is_reading(const struct request_view *view)
{
    return str_equal(view->method, STR("GET")) || str_equal(view->method, STR("HEAD"));
}

/* A poll of the list, which browsers repeat all the time. */
static bool is_poll(const struct target *t, struct str query)
{
    struct str item;
    if (t->kind == TARGET_FLAG)
        return true;
    while (t->kind == TARGET_INDEX && str_split(&query, '&', &item))
        if (str_starts(item, STR("after=")))
            return true;
    return false;
}

/* Does the client use https? A proxy's header is good enough: a client that forges it
 * loses only its own session. */
static bool is_https(const struct wsgi_request *r, const struct request_view *view)
{
    const struct str https = STR("https");
    struct str scheme = {r->scheme, r->scheme_len}, on = {r->https, r->https_len};
    struct str forwarded = request_var(view, STR("HTTP_X_FORWARDED_PROTO"));
    return str_equal_nocase(scheme, https) || str_equal_nocase(on, STR("on")) ||
           str_equal(on, STR("1")) || str_equal_nocase(forwarded, https);
}

/* SameSite=Lax: with Strict, a link in a chat would open the list without the cookie.
 * Without Path, the browser takes the path as it knows it, whatever a proxy has
 * removed. */
static void add_session(struct wsgi_request *r, const struct request_view *view,
                        int64_t expires_s, int64_t now_s)
{
    const struct config *c = &profiler.config;
    struct buf cookie = {0};
    buf_add_text(&cookie, SESSION_COOKIE "=");
    bool ok = session_write(&c->key, str_from(c->browse), expires_s, &cookie);
    buf_printf(&cookie, "; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
               (long long)(expires_s - now_s), is_https(r, view) ? "; Secure" : "");
    if (ok && !cookie.failed)
        headers_add(r, "Set-Cookie", buf_str(&cookie));
    buf_free(&cookie);
}

static void add_headers(struct wsgi_request *r, const struct reply *reply)
{
    headers_add_text(r, "Content-Type", reply->mime);
    headers_add_number(r, "Content-Length", reply->body.length);
    headers_add_text(r, "Connection", "close");
    headers_add_text(r, "Cache-Control", "private, no-store");
    headers_add_text(r, "Content-Security-Policy", reply->policy);
    headers_add_text(r, "X-Frame-Options", "DENY");
    headers_add_text(r, "Cross-Origin-Resource-Policy", "same-origin");
    headers_add_guards(r);
    if (reply->disposition.len)
        headers_add(r, "Content-Disposition", buf_str(&reply->disposition));
    if (reply->location.len)
        headers_add(r, "Location", buf_str(&reply->location));
}

/* Some loops (gevent) call with the GIL held. */
static void make_unlocked(struct reply *reply, const struct target *t, struct str query)
{
    const struct recording recording = {uwsgi_apps_cnt > 0, shared_minute_taken()};
    void *thread = interpreter_go_away();
    reply_make(reply, &profiler.config, t, query, &recording);
    interpreter_come_back(thread);
}

/* The URL with the signature is left at once, so that it stays in no history. */
static void make(struct reply *reply, const struct target *t,
                 const struct request_view *view, const struct visitor *v)
{
    if (!is_reading(view))
        reply_text(reply, "405 Method Not Allowed", "the shelf is read-only\n");
    else if (v->visit == VISIT_OPENS)
        reply_redirect(reply, STR("./"), view->query, STR("profile"));
    else
        make_unlocked(reply, t, view->query);
    if (reply->body.failed || reply->disposition.failed || reply->location.failed) {
        reply_free(reply);
        reply_text(reply, "503 Service Unavailable",
                   "the answer cannot be made: out of memory, or a file that cannot be "
                   "read\n");
    }
}

static void answer(struct wsgi_request *r, const struct request_view *view,
                   const struct target *t, const struct visitor *v, int64_t now_s)
{
    struct reply reply;
    make(&reply, t, view, v);
    if (is_poll(t, view->query))
        r->do_not_log = 1;
    if (headers_start(r, reply.status)) {
        add_headers(r, &reply);
        if (!is_reading(view))
            headers_add_text(r, "Allow", "GET, HEAD");
        else if (v->visit == VISIT_OPENS)
            add_session(r, view, v->expires_s, now_s);
        sending_set(sendings, r, &reply.body);
    }
    reply_free(&reply);
}

static struct request_view view_of(const struct wsgi_request *r)
{
    return (struct request_view){
        .method = {r->method, r->method_len},
        .path = {r->path_info, r->path_info_len},
        .query = {r->query_string, r->query_string_len},
        .vars = r->hvec,
        .var_count = r->var_cnt,
        .connection = sender_connection(r),
    };
}

/* Makes the answer; false for a client that gets the app's. Not inline: its variables
 * cost other requests time, and the sending of an answer room on the stack. */
__attribute__((noinline)) static bool decide(struct wsgi_request *r, struct str prefix)
{
    const struct config *c = &profiler.config;
    int64_t now_s = (int64_t)(clock_ns(CLOCK_REALTIME) / 1000000000);
    struct str below;
    if (!target_is_below(prefix, (struct str){r->script_name, r->script_name_len},
                         (struct str){r->path_info, r->path_info_len}, &below))
        return false;
    struct target t = target_parse(below, c->formats);
    const struct request_view view = view_of(r);
    struct visitor v;
    visitor_decide(&v, c, &view, t.kind == TARGET_LIST, now_s);
    if (v.visit == VISIT_DENIED) {
        counter_add(COUNT_DENIED, 1);
        hint_denied("request for the shelf from ", &v.denial);
    }
    if (v.visit == VISIT_NONE || v.visit == VISIT_DENIED)
        return false;
    answer(r, &view, &t, &v, now_s);
    return true;
}

/* Most requests differ from the shelf in the first byte after the slash. */
static bool may_be_below(const struct wsgi_request *r, const char *prefix)
{
    return !*prefix || r->script_name_len ||
           (r->path_info_len > 1 && r->path_info[1] == prefix[1]);
}

int shelf_answer(struct wsgi_request *r)
{
    struct sending *sending = &sendings[r->async_id];
    const char *prefix = profiler.config.browse;
    if (sending->request && sending_is_on(sending, r))
        return sending_go(sending, r);
    if (r->is_raw || !r->uh->pktsize || (!*prefix && uwsgi_apps_cnt > 0))
        return SHELF_PASSES; /* the last: a dynamic app was loaded meanwhile */
    if (!r->parsed && uwsgi_parse_vars(r))
        return -1; /* a second call would answer "parsed" */
    if (!may_be_below(r, prefix) || !decide(r, str_from(prefix)))
        return SHELF_PASSES;
    return sending->request ? sending_go(sending, r) : UWSGI_OK;
}
