#include "reply.h"

#include "find.h"
#include "listing.h"
#include "page.h"
#include "stored.h"
#include "report/common/json.h"
#include "report/common/jsonread.h"
#include "store/dir.h"

#include <errno.h>
#include <unistd.h>

#define HTML "text/html; charset=utf-8"
#define TEXT "text/plain; charset=utf-8"

/* A browser could not hold the text of a larger page (Chrome: 512 MB), and the server
 * would take seconds to measure it. */
#define PAGE_BYTES_MOST 268435456

#define NO_DIR "the server cannot open profiler-dir"

static const char unavailable[] = "503 Service Unavailable";

/* For what a browser should not show as a page. */
static const char strict[] = "default-src 'none'; frame-ancestors 'none'; sandbox";

static void start(struct reply *reply, const char *status, const char *mime,
                  const char *policy)
{
    *reply = (struct reply){.status = status, .mime = mime, .policy = policy};
}

void reply_text(struct reply *reply, const char *status, const char *line)
{
    start(reply, status, TEXT, strict);
    body_add(&reply->body, str_from(line));
}

/* Answers "profile ID: its .json why", or "profile ID: why". */
static void say(struct reply *reply, const char *status, struct str id,
                const struct format *format, const char *why)
{
    struct buf line = {0};
    start(reply, status, TEXT, strict);
    buf_printf(&line, "profile %.*s: ", (int)id.len, id.data);
    if (format)
        buf_printf(&line, "its file %s ", format->extension);
    buf_printf(&line, "%s\n", why);
    body_own(&reply->body, &line);
}

/* Bytes that stay as they are in a URL or header, whatever surrounds them. */
static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           strchr("-._~!$&'()*+,;=:@/?%", c);
}

static bool query_is_plain(struct str query)
{
    for (size_t i = 0; i < query.len; i++)
        if (!query.data[i] || !is_plain(query.data[i]))
            return false;
    return true;
}

/* Is this item of a query the parameter? */
static bool is_parameter(struct str item, struct str name)
{
    struct str key;
    return str_split(&item, '=', &key) && str_equal(key, name);
}

void reply_redirect(struct reply *reply, struct str place, struct str query,
                    struct str without)
{
    struct str item;
    char separator = '?';
    reply_text(reply, "303 See Other", "the shelf is at another place\n");
    buf_add_str(&reply->location, place);
    if (!query.len || !query_is_plain(query))
        return;
    while (str_split(&query, '&', &item)) {
        if (!item.len || (without.len && is_parameter(item, without)))
            continue;
        buf_add_char(&reply->location, separator);
        buf_add_str(&reply->location, item);
        separator = '&';
    }
}

/* The name as in RFC 6266: readable for old programs, and exactly in UTF-8. */
static void name_attachment(struct reply *reply, struct str name)
{
    struct buf *out = &reply->disposition;
    buf_add_text(out, "attachment; filename=\"");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        buf_add_char(
            out, c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%' ? c : '_');
    }
    buf_add_text(out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
            (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_')
            buf_add_char(out, c);
        else
            buf_printf(out, "%%%02X", (unsigned char)c);
    }
}

static const char *name_in(const struct index_row *row, const struct format *format,
                           const struct format_table *formats)
{
    const char *name = NULL;
    while ((name = json_next_name(row->files.text, name)))
        if (stored_has_format(str_from(name), format, formats))
            return name;
    return NULL;
}

/* Opens the row's file of a format. If that fails, makes the answer that says why. */
static const char *open_file(struct reply *reply, int dir, const struct index_row *row,
                             const struct format *format,
                             const struct format_table *formats, struct stored *s)
{
    const char *name = name_in(row, format, formats);
    const char *why = name ? stored_open(dir, name, s) : NULL;
    if (name && !why && !stored_may_be_of(s, row->id)) {
        close(s->fd);
        why = "is another profile's by now";
    }
    if (!name)
        say(reply, "404 Not Found", row->id, format,
            "was never written (profiler-format)");
    else if (why)
        say(reply, "410 Gone", row->id, format, why);
    return why ? NULL : name;
}

static void add_file(struct reply *reply, int dir, const struct index_row *row,
                     const struct format *format, const struct format_table *formats)
{
    struct stored s;
    const char *name = open_file(reply, dir, row, format, formats, &s);
    if (!name)
        return;
    start(reply, "200 OK", format->mime, strict);
    name_attachment(reply, str_from(name));
    body_add_file(&reply->body, s.fd, s.size, false);
}

/* An older line of the index has no route. */
static void add_page(struct reply *reply, const struct config *c, int dir,
                     const struct index_row *row)
{
    struct stored s;
    struct buf route = {0};
    const struct format *json = format_find(c->formats, STR("json"));
    if (!open_file(reply, dir, row, json, c->formats, &s))
        return;
    if (s.size > PAGE_BYTES_MOST) {
        close(s.fd);
        say(reply, "404 Not Found", row->id, json, "is too large for a page (256 MB)");
        return;
    }
    if (row->route.data)
        buf_add_str(&route, row->route);
    else
        routename_write(&c->groups, row->path, &route);
    start(reply, "200 OK", HTML, page_policy);
    page_add_profile(&reply->body, row->id, buf_str(&route), s.fd, s.size);
    buf_free(&route);
}

static void make_profile(struct reply *reply, const struct config *c, int dir,
                         const struct target *t)
{
    struct index_row row = {0};
    if (!find_profile(dir, t->id, &row))
        say(reply, errno ? unavailable : "404 Not Found", t->id, NULL,
            errno ? "the index cannot be read now" : "the index has no such profile");
    else if (t->kind == TARGET_FILE)
        add_file(reply, dir, &row, t->format, c->formats);
    else
        add_page(reply, c, dir, &row);
    indexrow_free(&row);
}

static void make_index(struct reply *reply, const struct config *c, int dir,
                       struct str query)
{
    static const char *const statuses[] = {
        [LISTING_OK] = "200 OK",
        [LISTING_BAD_REQUEST] = "400 Bad Request",
        [LISTING_FAILED] = unavailable,
    };
    const struct listing listing = {
        .dir = dir, .rules = &c->groups, .budget_ns = LISTING_BUDGET_NS};
    struct buf out = {0};
    enum listing_status status = listing_write(&listing, query, &out);
    start(reply, statuses[status], "application/json", strict);
    body_own(&reply->body, &out);
}

static void add_error(struct reply *reply)
{
    start(reply, unavailable, "application/json", strict);
    body_add(&reply->body, STR("{\"error\":\"" NO_DIR "\"}\n"));
}

static void make_stored(struct reply *reply, const struct config *c,
                        const struct target *t, struct str query)
{
    int dir = dir_open(c->dir);
    if (dir < 0 && t->kind == TARGET_INDEX)
        add_error(reply);
    else if (dir < 0)
        reply_text(reply, unavailable, NO_DIR "\n");
    else if (t->kind == TARGET_INDEX)
        make_index(reply, c, dir, query);
    else
        make_profile(reply, c, dir, t);
    if (dir >= 0)
        close(dir);
}

static void make_page(struct reply *reply, const struct target *t)
{
    bool list = t->kind == TARGET_LIST;
    start(reply, "200 OK", HTML, list ? list_policy : page_policy);
    if (list)
        page_add_list(&reply->body);
    else
        page_add_empty(&reply->body, t->kind == TARGET_MERGE ? "merge" : "compare");
}

/* The last part of the prefix, which is where the client is. */
static void make_bare(struct reply *reply, const char *prefix, struct str query)
{
    struct buf place = {0};
    const char *last = strrchr(prefix, '/');
    buf_printf(&place, "%s/", last ? last + 1 : "");
    reply_redirect(reply, buf_str(&place), query, (struct str){NULL, 0});
    buf_free(&place);
}

static void make_flag(struct reply *reply, const struct config *c,
                      const struct recording *recording)
{
    struct buf out = {0};
    recording_write(recording, c, &out);
    start(reply, "200 OK", "application/json", strict);
    body_own(&reply->body, &out);
}

void reply_make(struct reply *reply, const struct config *c, const struct target *t,
                struct str query, const struct recording *recording)
{
    switch (t->kind) {
    case TARGET_BARE:
        make_bare(reply, c->browse, query);
        break;
    case TARGET_LIST:
    case TARGET_MERGE:
    case TARGET_COMPARE:
        make_page(reply, t);
        break;
    case TARGET_INDEX:
    case TARGET_PROFILE:
    case TARGET_FILE:
        make_stored(reply, c, t, query);
        break;
    case TARGET_FLAG:
        make_flag(reply, c, recording);
        break;
    case TARGET_UNKNOWN:
        reply_text(reply, "404 Not Found", "the shelf has no such page\n");
        break;
    }
}

void reply_free(struct reply *reply)
{
    buf_free(&reply->disposition);
    buf_free(&reply->location);
    body_free(&reply->body);
}
