#include "meta.h"

#include "base/version.h"
#include "report/common/facts.h"
#include "report/common/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* "2024-02-29T12:34:56.000007Z" */
static void add_started(int64_t started_us, struct buf *out)
{
    /* 0 if the clock was set before 1970 */
    int64_t us = started_us > 0 ? started_us : 0;
    time_t seconds = (time_t)(us / 1000000);
    struct tm t = {.tm_mday = 1};
    gmtime_r(&seconds, &t);
    json_key(out, "started");
    buf_printf(out, "\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\"", t.tm_year + 1900,
               t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec,
               (int)(us % 1000000));
}

static void add_request(const struct profile *p, struct buf *out)
{
    json_text(out, "id", str_from(p->id));
    json_text(out, "method", p->method);
    json_text(out, "path", p->path);
    json_text(out, "query", p->query);
    json_text(out, "mount", p->mount);
    json_text_or_null(out, "route", p->route);
    if (p->flag.len)
        json_text(out, "flag", p->flag);
    json_number_or_null(out, "status", p->status > 0 ? (uint64_t)p->status : 0);
    json_number(out, "response_bytes", p->response_bytes);
    json_text_or_null(out, "location", p->location);
    json_text_or_null(out, "exception", p->exception);
    add_started(p->started_us, out);
}

static void add_figures(const struct profile *p, const struct stats *s, struct buf *out)
{
    json_text(out, "mode", str_from(mode_name(p->mode)));
    json_number(out, "wall_ns", p->wall_ns);
    json_number(out, "cpu_ns", p->cpu_ns);
    facts_add_waits(p, "wait_ns", json_number, out);
    if (p->mode == MODE_SAMPLING) {
        json_number(out, "interval_ns", p->interval_ns);
        json_number(out, "samples", p->sampled.samples);
        json_number(out, "lost", p->sampled.lost);
    } else {
        json_number(out, "calls", s->calls);
        json_number(out, "primitive_calls", s->primitive);
    }
}

static void add_restrictions(const struct report_choice *c, struct buf *out)
{
    json_key(out, "restrictions");
    buf_add_char(out, '[');
    if (c->limit >= 0)
        buf_printf(out, "\"%lld\"", (long long)c->limit);
    for (size_t i = 0; c->limit < 0 && c->restrictions && i < c->restrictions->count;
         i++) {
        json_next(out);
        json_string(out, str_from(c->restrictions->items[i].echo));
    }
    buf_add_char(out, ']');
}

static void add_choice(const struct report_choice *c, struct buf *out)
{
    json_key(out, "sort_by");
    buf_add_char(out, '[');
    for (size_t i = 0; i < c->sort.count; i++) {
        json_next(out);
        json_string(out, str_from(sort_key_word((enum sort_key)c->sort.keys[i])));
    }
    buf_add_char(out, ']');
    add_restrictions(c, out);
}

static void add_place(const struct profile *p, struct buf *out)
{
    json_number(out, "pid", (uint64_t)p->pid);
    json_number(out, "worker", (uint64_t)p->worker);
    json_number(out, "core", (uint64_t)p->core);
    json_text(out, "python", p->python);
    json_text(out, "server", p->server);
    json_text(out, "plugin", STR(PROFILER_VERSION));
}

/* Leaves the object open. */
static void start_notice(const char *code, const char *text, struct buf *out)
{
    json_next(out);
    buf_add_char(out, '{');
    json_text(out, "code", str_from(code));
    json_text(out, "text", str_from(text));
}

static void add_notice(const char *code, const char *text, struct buf *out)
{
    start_notice(code, text, out);
    buf_add_char(out, '}');
}

/* The notice of this report, not of the profile. */
static void add_pruned(uint32_t shown, uint32_t nodes, struct buf *out)
{
    char text[160];
    snprintf(text, sizeof text,
             "the page has room for %" PRIu32 " of the call tree's %" PRIu32
             " nodes: those with the most time are shown (format json has all)",
             shown, nodes);
    start_notice("pruned", text, out);
    json_number(out, "shown", shown);
    json_number(out, "nodes", nodes);
    buf_add_char(out, '}');
}

static bool has_notice(const struct profile *p, const struct shown *shown,
                       uint32_t notices, unsigned code)
{
    return (p->notices | notices) >> code & 1 ||
           (code == NOTICE_THINNED && shown->moment_count < p->sampled.timeline_count);
}

static void add_notices(const struct profile *p, const struct shown *shown,
                        uint32_t notices, struct buf *out)
{
    json_key(out, "notices");
    buf_add_char(out, '[');
    for (unsigned i = 0; i < NOTICE_COUNT; i++)
        if (has_notice(p, shown, notices, i))
            add_notice(notice_name((enum notice_code)i),
                       notice_text((enum notice_code)i), out);
    if (shown->order.count < p->tree.count)
        add_pruned(shown->order.count, p->tree.count, out);
    buf_add_char(out, ']');
}

static void add_peers(const struct sampled *s, struct buf *out)
{
    json_key(out, "peers");
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < s->peer_count; i++) {
        const struct peer *peer = &s->peers[i];
        json_next(out);
        buf_add_char(out, '{');
        json_text(out, "peer",
                  (struct str){peer->name, strnlen(peer->name, sizeof peer->name)});
        json_number(out, "wait", peer->wait);
        json_number(out, "ns", peer->ns);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

void meta_add(const struct report *r, const struct shown *shown, uint32_t notices,
              struct buf *out)
{
    const struct profile *p = r->profile;
    json_key(out, "meta");
    buf_add_char(out, '{');
    add_request(p, out);
    add_figures(p, r->stats, out);
    add_choice(r->choice, out);
    add_place(p, out);
    add_notices(p, shown, notices, out);
    if (p->mode == MODE_SAMPLING)
        add_peers(&p->sampled, out);
    buf_add_char(out, '}');
}
