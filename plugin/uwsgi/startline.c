#include "startline.h"

#include "offswitch.h"
#include "options.h"
#include "route.h"
#include "server.h"

#include "../core/trigger.h"
#include "../core/values.h"
#include "../python/interpreter.h"

#include <ctype.h>

/* HTTP_X_PROFILE -> X-Profile */
static void add_header_name(struct buf *line, const char *variable)
{
    bool first = true;
    for (const char *c = variable + strlen("HTTP_"); *c; c++) {
        buf_add_char(line, *c == '_' ? '-' : first ? *c : (char)tolower(*c));
        first = *c == '_';
    }
}

static void add_mode(struct buf *line, const struct config *c)
{
    buf_add_text(line, mode_name(c->mode));
    if (c->mode != MODE_SAMPLING)
        return;
    buf_add_text(line, " at ");
    duration_add(line, c->interval_ns);
}

static bool has_trigger(const struct config *c, enum trigger_kind least,
                        enum trigger_kind most)
{
    for (size_t i = 0; i < c->trigger_count; i++)
        if (c->triggers[i].kind >= least && c->triggers[i].kind <= most)
            return true;
    return false;
}

static void add_trigger(struct buf *line, const struct trigger *t)
{
    static const char *const kinds[] = {
        [TRIGGER_QUERY] = "query:",   [TRIGGER_HEADER] = "header:",
        [TRIGGER_COOKIE] = "cookie:", [TRIGGER_VAR] = "var:",
        [TRIGGER_ALWAYS] = "always",  [TRIGGER_RATIO] = "ratio:",
    };
    buf_add_text(line, kinds[t->kind]);
    if (t->kind == TRIGGER_HEADER)
        add_header_name(line, t->name);
    else if (t->name)
        buf_add_text(line, t->name);
    if (t->kind == TRIGGER_VAR)
        buf_add_text(line, " (obeyed whoever the client is)");
}

static void add_triggers(struct buf *line, const struct config *c)
{
    unsigned routes = route_count();
    for (size_t i = 0; i < c->trigger_count; i++) {
        buf_add_text(line, i ? ", " : "");
        add_trigger(line, &c->triggers[i]);
    }
    if (routes)
        buf_printf(line, ", %u route%s", routes, routes > 1 ? "s" : "");
    if (c->path.count)
        buf_add_text(line, ", in paths of profiler-path");
    if (c->skip.count)
        buf_add_text(line, ", but not in those of profiler-skip");
}

static void add_keep(struct buf *line, const struct config *c)
{
    if (c->keep.all)
        return;
    if (!has_trigger(c, TRIGGER_ALWAYS, TRIGGER_RATIO)) {
        buf_add_text(line, "; profiler-keep has no effect without always or ratio");
        return;
    }
    buf_add_text(line, "; of what no flag or route asks for, only this is kept: ");
    keep_describe(&c->keep, line);
}

static void add_key(struct buf *line, const struct config *c)
{
    if (!config_wants_key(c))
        return;
    if (!c->key.len)
        buf_add_text(line, " (but none now: the key could not be read)");
    else
        buf_printf(line, " if they prove %s",
                   c->key_file ? "the key of profiler-key-file" : "profiler-key");
}

static void add_proxies(struct buf *line, const struct config *c)
{
    if (!c->proxies.count)
        return;
    if (c->allow.count)
        buf_printf(line, " (behind %s: the client that X-Forwarded-For names)",
                   c->proxies.text);
    else
        buf_add_text(line, " (profiler-trusted-proxies has no effect without "
                           "profiler-allow)");
}

/* Nothing where no trigger is a flag that clients send. */
static void add_access(struct buf *line, const struct config *c)
{
    if (!has_trigger(c, TRIGGER_QUERY, TRIGGER_COOKIE))
        return;
    if (c->allow.count)
        buf_printf(line, "; flags of %s are obeyed", c->allow.text);
    else if (config_wants_key(c))
        buf_add_text(line, "; flags of any address are obeyed");
    else
        buf_add_text(line,
                     "; flags are obeyed from this machine only (a proxy on it that "
                     "adds no X-Forwarded-For passes strangers for local: set "
                     "profiler-key)");
    add_key(line, c);
    add_proxies(line, c);
}

/* What says of files how they are to be, where there are none. */
static void add_idle_file_options(struct buf *line, const struct config *c)
{
    static const char *const names[] = {
        "profiler-format",        "profiler-filename-format", "profiler-file-mode",
        "profiler-dir-max-files", "profiler-dir-max-bytes",   "profiler-dir-mode",
    };
    const char *separator = "; ";
    for (size_t i = 0; !c->dir && i < sizeof names / sizeof *names; i++) {
        if (!options_given(names[i]))
            continue;
        buf_printf(line, "%s%s", separator, names[i]);
        separator = ", ";
    }
    if (separator[0] == ',')
        buf_add_text(line, ": no effect without profiler-dir");
}

static void add_offswitch(struct buf *line, const struct config *c)
{
    if (c->off_file)
        buf_printf(line, "; off while %s exists%s", c->off_file,
                   offswitch_is_on() ? " (as it does now)" : "");
}

static void add_outputs(struct buf *line, const struct config *c)
{
    const char *separator = "reports go to ";
    if (c->outputs & OUTPUT_LOG) {
        buf_printf(line, "%s%s", separator, c->stream ? c->stream : "this log");
        separator = ", ";
    }
    if (c->outputs & OUTPUT_FILE) {
        buf_printf(line, "%sfiles in %s", separator, c->dir);
        separator = ", ";
    }
    if (c->outputs & OUTPUT_HTML && has_trigger(c, TRIGGER_QUERY, TRIGGER_QUERY))
        buf_printf(line, "%sa browser's page", separator);
}

static const struct uwsgi_socket *first_http_socket(void)
{
    const struct uwsgi_socket *s = uwsgi.sockets;
    while (s &&
           (!s->proto_name || strcmp(s->proto_name, "http") || s->family == AF_UNIX))
        s = s->next;
    return s;
}

/* Where the first HTTP socket is reached from this machine: "127.0.0.1:8000"; nothing
 * where there is none. */
static void add_place(struct buf *place)
{
    const struct uwsgi_socket *s = first_http_socket();
    const char *port = s ? strrchr(s->name, ':') : NULL;
    if (!port)
        return;
    struct str host = {s->name, (size_t)(port - s->name)};
    bool any = host.len == 0 || str_equal(host, STR("0.0.0.0")) ||
               str_equal(host, STR("[::]"));
    buf_printf(place, "%s%s", any ? "127.0.0.1" : "", any ? port : s->name);
}

/* Of "127.0.0.1:8000" or "[::1]:8000". */
static struct str address_of(struct str place)
{
    const char *port = memrchr(place.data, ':', place.len);
    struct str address = {place.data, (size_t)(port - place.data)};
    if (address.data[0] == '[')
        address = (struct str){address.data + 1, address.len - 2};
    return address;
}

/* Is a flag in the query obeyed from this machine? */
static bool obeys_itself(const struct config *c, const char *query, struct str place)
{
    struct str address = address_of(place);
    struct iovec vars[] = {
        {"REMOTE_ADDR", strlen("REMOTE_ADDR")},
        {(char *)address.data, address.len},
        {"HTTP_HOST", strlen("HTTP_HOST")},
        {(char *)place.data, place.len},
    };
    const struct request_view view = {
        .method = STR("GET"),
        .path = STR("/"),
        .query = str_from(query),
        .vars = vars,
        .var_count = sizeof vars / sizeof *vars,
        .draws = &profiler.draws,
    };
    struct decision d;
    trigger_decide(&d, c, &view);
    return d.verdict == VERDICT_PROFILE && d.flagged;
}

/* A key stands in a header. */
static void add_key_example(struct buf *line, const struct config *c, struct str place)
{
    for (size_t i = 0; i < c->trigger_count; i++) {
        if (c->triggers[i].kind != TRIGGER_HEADER)
            continue;
        buf_add_text(line, "; try curl -H '");
        add_header_name(line, c->triggers[i].name);
        buf_add_text(line, ": txt,key=...' ");
        if (place.len)
            buf_printf(line, "http://%.*s/", (int)place.len, place.data);
        else
            buf_add_text(line, "with any URL");
        return;
    }
}

/* A URL for a browser, and one for a terminal. */
static void add_urls(struct buf *line, const char *query, bool page, struct str place)
{
    struct buf url = {0};
    if (place.len)
        buf_printf(&url, "http://%.*s/?%s", (int)place.len, place.data, query);
    else
        buf_printf(&url, "any URL with ?%s", query);
    buf_printf(line, page ? "%s in a browser" : "%s", buf_cstr(&url));
    buf_printf(line, place.len ? ", or curl '%s=txt'" : ", or %s=txt", buf_cstr(&url));
    buf_free(&url);
}

/* The first query parameter, at this place if that works. */
static void add_example(struct buf *line, const struct config *c, struct str place)
{
    for (size_t i = 0; i < c->trigger_count; i++) {
        if (c->triggers[i].kind != TRIGGER_QUERY)
            continue;
        const char *query = c->triggers[i].name;
        bool here = place.len && obeys_itself(c, query, place);
        buf_add_text(line,
                     here || !place.len ? "; try " : "; try, as one who is obeyed, ");
        add_urls(line, query, c->outputs & OUTPUT_HTML, here ? place : (struct str){0});
        return;
    }
}

void startline_print(void)
{
    const struct config *c = &profiler.config;
    struct str python = interpreter_version();
    struct buf line = {0}, place = {0};
    buf_printf(&line, "%s, Python %.*s, ", PROFILER_VERSION, (int)python.len,
               python.data);
    add_mode(&line, c);
    buf_add_text(&line, "; triggers: ");
    add_triggers(&line, c);
    add_access(&line, c);
    add_keep(&line, c);
    buf_add_text(&line, "; ");
    add_outputs(&line, c);
    add_idle_file_options(&line, c);
    add_offswitch(&line, c);
    add_place(&place);
    if (!config_wants_key(c))
        add_example(&line, c, buf_str(&place));
    else if (c->key.len)
        add_key_example(&line, c, buf_str(&place));
    buf_free(&place);
    if (!line.failed)
        profiler_log("%s", buf_cstr(&line));
    buf_free(&line);
}
