#include "trigger.h"
#include "base/rate.h"
#include "system/clock.h"
#include "meant.h"
#include "navigation.h"
#include "proof.h"

/* Three bytes for each byte of the longest flag. Longer values cannot be flags. */
#define ENCODED_BYTES_MAX 3072

/* Is the text between item and limit "name" or "name=..."? */
static bool is_parameter(const char *item, const char *limit, const struct trigger *t,
                         struct str *value)
{
    if ((size_t)(limit - item) < t->name_len || memcmp(item, t->name, t->name_len))
        return false;
    const char *after = item + t->name_len;
    if (after < limit && *after++ != '=')
        return false;
    *value = (struct str){after, (size_t)(limit - after)};
    return true;
}

/* Returns the first value in a=b&c&d=e. */
static struct str query_value(struct str query, const struct trigger *t)
{
    struct str value = {NULL, 0};
    if (query.len == 0)
        return value;
    const char *item = query.data, *end = query.data + query.len;
    while (item < end) {
        const char *limit = memchr(item, '&', (size_t)(end - item));
        if (!limit)
            limit = end;
        if (*item == *t->name && is_parameter(item, limit, t, &value))
            break;
        item = limit + 1;
    }
    return value;
}

static struct str strip_quotes(struct str value)
{
    value = str_trim(value);
    if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
        return (struct str){value.data + 1, value.len - 2};
    return value;
}

/* Returns the first value in a=b; c="d". */
static struct str cookie_value(struct str cookies, const struct trigger *t)
{
    struct str cookie, value = {NULL, 0};
    while (str_split(&cookies, ';', &cookie)) {
        cookie = str_trim(cookie);
        if (cookie.len > t->name_len &&
            is_parameter(cookie.data, cookie.data + cookie.len, t, &value))
            return strip_quotes(value);
    }
    return value;
}

/* Returns what the request holds for this trigger; .data is NULL if nothing. */
static struct str presented(const struct trigger *t, const struct request_view *r)
{
    switch (t->kind) {
    case TRIGGER_HEADER:
    case TRIGGER_VAR:
        return request_var(r, (struct str){t->name, t->name_len});
    case TRIGGER_QUERY:
        return query_value(r->query, t);
    case TRIGGER_COOKIE:
        return cookie_value(request_var(r, STR("HTTP_COOKIE")), t);
    case TRIGGER_ALWAYS:
    case TRIGGER_RATIO:
        break;
    }
    return (struct str){NULL, 0};
}

static bool is_found(const struct regex_list *list, struct str path)
{
    for (size_t i = 0; i < list->count; i++)
        if (regex_search(list->items[i], path))
            return true;
    return false;
}

/* Returns NULL when this path may be profiled, else the reason. */
static const char *path_excluded(const struct config *c, struct str path)
{
    if (!path.data)
        path = STR("");
    if (c->path.count && !is_found(&c->path, path))
        return "this path is not in profiler-path";
    if (is_found(&c->skip, path))
        return "this path is in profiler-skip";
    return NULL;
}

/* Makes the error safe as a header's value, whatever texts it contains. */
static void set_error(struct decision *d, struct str why)
{
    size_t len = why.len < sizeof d->error ? why.len : sizeof d->error - 1;
    for (size_t i = 0; i < len; i++)
        d->error[i] = why.data[i] >= ' ' && why.data[i] <= '~' ? why.data[i] : '?';
    d->error[len] = '\0';
}

static void refuse(struct decision *d, struct str why)
{
    set_error(d, why);
    d->almost = false;
    d->verdict = VERDICT_ERROR;
    d->flagged = true;
    d->automatic = false;
}

/* For a browser, a flag in the query without a format means the page. */
static void choose_page(struct flag *f, const struct config *c,
                        const struct request_view *r)
{
    if (!f->choice.answer && f->choice.outputs & OUTPUT_HTML &&
        request_is_navigation(r)) {
        f->choice.answer = c->page;
        f->page_implied = c->page != NULL;
    }
}

static void accept_flag(struct decision *d, const struct config *c,
                        const struct request_view *r, const struct trigger *t,
                        struct str value)
{
    struct buf error = {0};
    const char *excluded;
    if (flag_parse(&d->flag, c, value, &error) != FLAG_OK) {
        refuse(d, error.failed ? STR("out of memory") : buf_str(&error));
    } else if (d->flag.off) {
        d->verdict = VERDICT_NONE;
    } else if ((excluded = path_excluded(c, r->path))) {
        refuse(d, str_from(excluded));
    } else {
        d->verdict = VERDICT_PROFILE;
        d->flagged = true;
        d->automatic = d->denied = false;
        d->parameter = (struct str){NULL, 0};
        if (t->kind == TRIGGER_QUERY) {
            d->parameter = (struct str){t->name, t->name_len};
            choose_page(&d->flag, c, r);
        }
        /* Browsers send a cookie with every request: no page of the site would show. */
        if (t->kind == TRIGGER_COOKIE)
            d->flag.choice.answer = NULL;
    }
    buf_free(&error);
}

/* Decodes the value's escapes, into storage if it has any. False when it is too long
 * for a flag. */
static bool decode(struct str *value, bool in_query, char storage[ENCODED_BYTES_MAX])
{
    if (value->len > ENCODED_BYTES_MAX)
        return false;
    bool escaped = memchr(value->data, '%', value->len) ||
                   (in_query && memchr(value->data, '+', value->len));
    if (escaped) {
        value->len = flag_decode_into(storage, *value, in_query);
        value->data = storage;
    }
    return true;
}

/* Enough for the longest known word with each byte escaped. */
#define FIRST_WORD_BYTES 48

/* Does the value start like a flag? The app's own parameters cost no more than this. */
static bool starts_as_flag(struct str value, const struct config *c, bool in_query)
{
    char storage[ENCODED_BYTES_MAX];
    if (value.len > FIRST_WORD_BYTES)
        value.len = FIRST_WORD_BYTES;
    return decode(&value, in_query, storage) && flag_starts_ours(c, value);
}

/* The sender of a request's flags: determined once, at the first flag. */
struct asker {
    bool known;
    bool unasked; /* see struct sender; also for upgrades */
    bool foreign; /* a page of another site made the browser send it */
    bool allowed;
    struct denial denial;
};

static void know(struct asker *a, const struct config *c, const struct request_view *r)
{
    struct sender sender;
    if (a->known)
        return;
    sender_read(&sender, r);
    a->unasked = sender.unasked || request_is_upgrade(r);
    a->foreign = sender.cross_site && !sender.document;
    a->allowed = sender_allowed(&sender, c, &a->denial);
    a->known = true;
}

/* May the sender of this decoded value profile? A variable that the web server sets
 * counts as configuration. */
static bool is_accepted(struct asker *a, const struct config *c,
                        const struct request_view *r, const struct trigger *t,
                        struct str value)
{
    if (t->kind == TRIGGER_VAR || !config_wants_key(c))
        return true;
    int64_t now_s = (int64_t)(clock_ns(CLOCK_REALTIME) / 1000000000);
    a->denial.why = flag_unproven(c, r, value, t->kind == TRIGGER_QUERY, now_s);
    return !a->denial.why;
}

static bool deny(struct decision *d, const struct asker *a)
{
    d->verdict = VERDICT_DENIED;
    d->denial = a->denial;
    return false;
}

/* Leaves the value to the app. If it is almost a flag, and the client may profile,
 * notes that for the log. Returns false. */
static bool leave_to_app(struct decision *d, const struct config *c,
                         const struct request_view *r, const struct trigger *t,
                         struct str value, struct asker *a)
{
    char storage[3 * MEANT_BYTES_MAX];
    struct buf meant = {0};
    if (t->kind != TRIGGER_QUERY || value.len > sizeof storage)
        return false;
    know(a, c, r);
    if (!a->allowed || a->unasked || a->foreign)
        return false;
    value = (struct str){storage, flag_decode_into(storage, value, true)};
    if (is_accepted(a, c, r, t, value) && meant_find(c, value, &meant)) {
        set_error(d, buf_str(&meant));
        d->almost = true;
        d->almost_of = (struct str){t->name, t->name_len};
    }
    buf_free(&meant);
    return false;
}

/* Any page on the web can make a browser send these flags. A header needs the app's
 * consent. */
static bool deny_foreign(struct decision *d, const struct asker *a)
{
    deny(d, a);
    d->denial.why = DENIAL_FOREIGN;
    d->denial.advice = "open the URL itself, or send the flag as a header";
    return false;
}

/* Decides by the value that a trigger found. False if it is not a flag, or if its
 * sender may not profile: then the next trigger's turn comes. The checks run in the
 * order of their cost, because of strangers. Flags of strangers are counted by their
 * first word only. */
static bool decide_flag(struct decision *d, const struct config *c,
                        const struct request_view *r, const struct trigger *t,
                        struct str value, struct asker *a)
{
    char storage[ENCODED_BYTES_MAX];
    bool in_query = t->kind == TRIGGER_QUERY;
    bool may_be_foreign = in_query || t->kind == TRIGGER_COOKIE;
    if (may_be_foreign && !starts_as_flag(value, c, in_query))
        return leave_to_app(d, c, r, t, value, a);
    know(a, c, r);
    if (a->unasked)
        return false;
    if (!a->allowed && t->kind != TRIGGER_VAR)
        return deny(d, a);
    if (a->foreign && may_be_foreign)
        return deny_foreign(d, a);
    struct str sent = value;
    bool readable = decode(&value, in_query, storage);
    if (may_be_foreign && !readable)
        return false;
    if (!is_accepted(a, c, r, t, value))
        return deny(d, a);
    if (may_be_foreign && !flag_recognised(c, value))
        return leave_to_app(d, c, r, t, sent, a);
    accept_flag(d, c, r, t, value);
    return true;
}

/* The configuration asks for a profile: by a route, or by a trigger that is no flag. */
static void decide_unflagged(struct decision *d, const struct config *c,
                             const struct request_view *r, const struct flag *flag)
{
    if (flag->off || path_excluded(c, r->path) || request_is_upgrade(r))
        return;
    d->denied = d->verdict == VERDICT_DENIED;
    d->verdict = VERDICT_PROFILE;
    d->flagged = false;
    d->automatic = flag != r->route;
    d->parameter = (struct str){NULL, 0};
    d->flag = *flag;
}

static void decide_always(struct decision *d, const struct config *c,
                          const struct request_view *r)
{
    struct flag flag = {
        .mode = c->mode, .interval_ns = c->interval_ns, .choice = config_choice(c)};
    flag.choice.log_style = c->log_style_always;
    decide_unflagged(d, c, r, &flag);
}

static bool is_drawn(const struct trigger *t, const struct request_view *r)
{
    return t->kind == TRIGGER_ALWAYS || rate_draw(r->draws, t->billionths);
}

void trigger_decide(struct decision *d, const struct config *c,
                    const struct request_view *r)
{
    const struct trigger *t = c->triggers.items, *end = t + c->triggers.count;
    struct asker asker;
    asker.known = false;
    d->verdict = VERDICT_NONE;
    d->almost = false;
    for (; t < end && t->kind < TRIGGER_ALWAYS; t++) {
        if (d->verdict == VERDICT_DENIED && !asker.allowed && t->kind != TRIGGER_VAR)
            continue; /* one denial is enough */
        struct str value = presented(t, r);
        if (value.data && decide_flag(d, c, r, t, value, &asker))
            return;
    }
    if (r->route)
        decide_unflagged(d, c, r, r->route);
    else if (t < end && is_drawn(t, r))
        decide_always(d, c, r);
}
