#include "startline.h"

#include "uwsgi/server/offswitch.h"
#include "uwsgi/server/configure.h"
#include "uwsgi/request/route.h"
#include "uwsgi/server/server.h"

#include "gate/trigger.h"
#include "base/values.h"
#include "../python/interpreter.h"

/* HTTP_X_PROFILE -> X-Profile */
static void add_header_name(struct buf *line, const char *variable)
{
    bool first = true;
    for (const char *c = variable + strlen("HTTP_"); *c; c++) {
        buf_add_char(line, *c == '_' ? '-' : first ? *c : str_lower(*c));
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
    for (size_t i = 0; i < c->triggers.count; i++)
        if (c->triggers.items[i].kind >= least && c->triggers.items[i].kind <= most)
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
        buf_add_text(line, " (any client)");
}

/* Prints "subject: line" unless the line is empty, and frees it. */
static void print(const char *subject, struct buf *line)
{
    if (line->len && !line->failed)
        profiler_log("%s: %s", subject, buf_cstr(line));
    buf_free(line);
}

static void print_triggers(const struct config *c)
{
    struct buf line = {0};
    unsigned routes = route_count();
    for (size_t i = 0; i < c->triggers.count; i++) {
        buf_add_text(&line, i ? ", " : "");
        add_trigger(&line, &c->triggers.items[i]);
    }
    if (routes)
        buf_printf(&line, ", %u route%s", routes, routes > 1 ? "s" : "");
    if (c->path.count)
        buf_add_text(&line, ", in paths of profiler-path");
    if (c->skip.count)
        buf_add_text(&line, ", but not in those of profiler-skip");
    print("triggers", &line);
}

static void add_key(struct buf *line, const struct config *c)
{
    if (!c->key.len)
        buf_add_text(line, "nobody: the key could not be read");
    else
        buf_printf(line, "clients that prove %s",
                   c->key_file ? "the key of profiler-key-file" : "profiler-key");
    if (c->allow.count)
        buf_printf(line, ", from %s", c->allow.text);
}

/* Prints nothing if no trigger is a flag that clients send. */
static void print_access(const struct config *c)
{
    struct buf line = {0};
    if (!has_trigger(c, TRIGGER_QUERY, TRIGGER_COOKIE))
        return;
    if (config_wants_key(c))
        add_key(&line, c);
    else if (c->allow.count)
        buf_add_text(&line, c->allow.text);
    else
        buf_add_text(&line, "this machine only; behind a proxy on it that adds no "
                            "X-Forwarded-For, set profiler-key");
    if (c->allow.count && c->proxies.count)
        buf_printf(&line, "; behind %s: the client that X-Forwarded-For names",
                   c->proxies.text);
    print("who may profile", &line);
}

static void print_keep(const struct config *c)
{
    struct buf line = {0};
    if (!c->keep.all && has_trigger(c, TRIGGER_ALWAYS, TRIGGER_RATIO))
        keep_describe(&c->keep, &line);
    print("kept of automatic profiles", &line);
}

static void print_outputs(const struct config *c)
{
    struct buf line = {0};
    const char *separator = "";
    bool page =
        c->outputs & OUTPUT_HTML && has_trigger(c, TRIGGER_QUERY, TRIGGER_QUERY);
    if (c->outputs & OUTPUT_LOG) {
        buf_add_text(&line, c->stream ? c->stream : "this log");
        separator = ", ";
    }
    if (c->outputs & OUTPUT_FILE) {
        buf_printf(&line, "%sfiles in %s", separator, c->dir);
        separator = ", ";
    }
    if (page)
        buf_printf(&line, "%sa page in a browser", separator);
    print("reports", &line);
}

/* Adds the option, if it is set, to a list of options without effect. */
static void add_idle(struct buf *list, const char *option)
{
    if (configure_given(option))
        buf_printf(list, "%s%s", list->len ? ", " : "", option);
}

static void print_idle(const struct config *c)
{
    static const char *const of_files[] = {
        "profiler-format",        "profiler-filename-format", "profiler-file-mode",
        "profiler-dir-max-files", "profiler-dir-max-bytes",   "profiler-dir-mode",
    };
    struct buf files = {0}, keep = {0}, proxies = {0}, hosts = {0};
    for (size_t i = 0; !c->dir && i < sizeof of_files / sizeof *of_files; i++)
        add_idle(&files, of_files[i]);
    print("without effect, as there is no profiler-dir", &files);
    if (!has_trigger(c, TRIGGER_ALWAYS, TRIGGER_RATIO))
        add_idle(&keep, "profiler-keep");
    print("without effect, as there is no trigger always or ratio", &keep);
    if (!c->allow.count)
        add_idle(&proxies, "profiler-trusted-proxies");
    if (!c->allow.count && !config_wants_key(c))
        add_idle(&proxies, "profiler-browse-host");
    print("without effect, as there is no profiler-allow", &proxies);
    if (config_wants_key(c))
        add_idle(&hosts, "profiler-browse-host");
    print("without effect, as there is a key", &hosts);
}

static void print_offswitch(const struct config *c)
{
    struct buf line = {0};
    if (c->off_file)
        buf_printf(&line, "%s exists%s", c->off_file,
                   offswitch_is_on() ? ", as it does now" : "");
    print("switched off while", &line);
}

static const struct uwsgi_socket *first_http_socket(void)
{
    const struct uwsgi_socket *s = uwsgi.sockets;
    while (s &&
           (!s->proto_name || strcmp(s->proto_name, "http") || s->family == AF_UNIX))
        s = s->next;
    return s;
}

/* The address of the first HTTP socket, as reached from this machine: "127.0.0.1:8000".
 * Empty if there is none. */
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

/* Returns the address in "127.0.0.1:8000" or "[::1]:8000". */
static struct str address_of(struct str place)
{
    const char *port = memrchr(place.data, ':', place.len);
    struct str address = {place.data, (size_t)(port - place.data)};
    if (address.data[0] == '[')
        address = (struct str){address.data + 1, address.len - 2};
    return address;
}

/* May this machine profile with a flag in the query? */
static bool may_profile_itself(const struct config *c, const char *query,
                               struct str place)
{
    struct str address = address_of(place);
    struct iovec vars[] = {
        {(char *)"REMOTE_ADDR", strlen("REMOTE_ADDR")},
        {(char *)address.data, address.len},
        {(char *)"HTTP_HOST", strlen("HTTP_HOST")},
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

/* A key is sent in a header. */
static void add_key_example(struct buf *line, const struct config *c, struct str place)
{
    for (size_t i = 0; i < c->triggers.count; i++) {
        if (c->triggers.items[i].kind != TRIGGER_HEADER)
            continue;
        buf_add_text(line, "; try curl -H '");
        add_header_name(line, c->triggers.items[i].name);
        buf_add_text(line, ": txt,key=...' ");
        if (place.len)
            buf_printf(line, "http://%.*s/", (int)place.len, place.data);
        else
            buf_add_text(line, "with any URL");
        return;
    }
}

/* Adds an example with the first query parameter. It has the address of the server if
 * this machine may profile there. The URL comes last, so that it can be copied. It
 * shows a page, or a text if no client gets pages. */
static void add_example(struct buf *line, const struct config *c, struct str place)
{
    const char *answer = c->outputs & OUTPUT_HTML ? "" : "=txt";
    for (size_t i = 0; i < c->triggers.count; i++) {
        if (c->triggers.items[i].kind != TRIGGER_QUERY)
            continue;
        const char *query = c->triggers.items[i].name;
        if (!place.len)
            buf_printf(line, "; try any URL with ?%s%s", query, answer);
        else if (may_profile_itself(c, query, place))
            buf_printf(line, "; try http://%.*s/?%s%s", (int)place.len, place.data,
                       query, answer);
        else
            buf_printf(line, "; a client that may profile can try any URL with ?%s%s",
                       query, answer);
        return;
    }
}

static void print_first(const struct config *c)
{
    struct str python = interpreter_version();
    struct buf line = {0}, place = {0};
    buf_printf(&line, "%s, Python %.*s, ", PROFILER_VERSION, (int)python.len,
               python.data);
    add_mode(&line, c);
    add_place(&place);
    if (!uwsgi.sockets)
        buf_add_text(&line, "; there is no socket for requests: set http-socket = "
                            "127.0.0.1:8000");
    else if (c->browse && !*c->browse)
        buf_add_text(&line, "; no app");
    else if (!config_wants_key(c))
        add_example(&line, c, buf_str(&place));
    else if (c->key.len)
        add_key_example(&line, c, buf_str(&place));
    buf_free(&place);
    if (!line.failed)
        profiler_log("%s", buf_cstr(&line));
    buf_free(&line);
}

/* The URL comes last, so that it can be copied. */
static void print_shelf(const struct config *c)
{
    struct buf line = {0}, place = {0};
    if (!c->browse)
        return;
    add_place(&place);
    buf_printf(&line, "of %s; open ", c->dir);
    if (place.len)
        buf_printf(&line, "http://%.*s", (int)place.len, place.data);
    buf_printf(&line, "%s/", c->browse);
    buf_free(&place);
    print("stored profiles", &line);
}

void startline_print_shelf(void)
{
    const struct config *c = &profiler.config;
    profiler_log("%s", PROFILER_VERSION ", without Python: nothing is profiled here");
    print_access(c);
    print_shelf(c);
}

void startline_print(void)
{
    const struct config *c = &profiler.config;
    print_first(c);
    print_triggers(c);
    print_access(c);
    print_keep(c);
    print_outputs(c);
    print_offswitch(c);
    print_idle(c);
    print_shelf(c);
}
