#include "visitor.h"

#include "flag.h"
#include "options/host.h"
#include "navigation.h"
#include "proof.h"
#include "proofwords.h"
#include "session.h"
#include "base/values.h"

/* The parameter and the cookie of the session, whatever profiler-trigger is. */
#define NAME STR("profile")

/* Three bytes for each byte of the longest flag. */
#define ENCODED_BYTES_MAX (3 * FLAG_BYTES_MAX)

/* What is known of a request's sender while it is decided. */
struct asking {
    const struct config *config;
    const struct request_view *request;
    int64_t now_s;
    const char *why; /* the last reason why a proof was refused */
};

/* Takes the next item whose name is this out of a list such as "a=b; c=d". */
static bool next_value(struct str *rest, char separator, struct str name,
                       struct str *value)
{
    struct str item, key;
    while (str_split(rest, separator, &item)) {
        *value = str_trim(item);
        if (str_split(value, '=', &key) && str_equal(key, name) && value->data)
            return true;
    }
    return false;
}

/* Notes the reason if the decoded value does not prove the key. */
static bool proves(struct asking *a, struct str value, bool in_query)
{
    const char *why = flag_unproven(a->config, a->request, value, in_query, a->now_s);
    if (why)
        a->why = why;
    return !why;
}

static bool header_proves(struct asking *a)
{
    struct str value = request_var(a->request, STR("HTTP_X_PROFILE"));
    return value.data && proves(a, value, false);
}

static bool cookie_proves(struct asking *a, struct str cookies, struct str name)
{
    char decoded[ENCODED_BYTES_MAX];
    struct str value;
    if (!next_value(&cookies, ';', name, &value) || value.len > sizeof decoded)
        return false;
    value =
        (struct str){decoded, flag_decode_into(decoded, value_unquote(value), false)};
    return proves(a, value, false);
}

static bool has_session(struct asking *a, struct str cookies)
{
    struct str value;
    const struct config *c = a->config;
    while (next_value(&cookies, ';', STR(SESSION_COOKIE), &value)) {
        if (session_is_valid(&c->key, str_from(c->browse), value, a->now_s))
            return true;
        a->why = "its session has expired, or is of another key";
    }
    return false;
}

static bool some_cookie_proves(struct asking *a)
{
    struct str cookies = request_var(a->request, STR("HTTP_COOKIE"));
    const struct triggers *t = &a->config->triggers;
    if (!cookies.len)
        return false;
    if (has_session(a, cookies) || cookie_proves(a, cookies, NAME))
        return true;
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == TRIGGER_COOKIE &&
            cookie_proves(a, cookies,
                          (struct str){t->items[i].name, t->items[i].name_len}))
            return true;
    return false;
}

/* Reads "exp=SECONDS,sig=HEX", and nothing else. */
static bool is_ticket(struct str value, int64_t *expires_s)
{
    struct str word, seconds, hex;
    return value_next_word(&value, &word) &&
           proofword_find(word, &seconds) == PROOF_EXP &&
           proof_read_seconds(seconds, expires_s) && value_next_word(&value, &word) &&
           proofword_find(word, &hex) == PROOF_SIG && !value.data;
}

/* Does the query open a session? */
static bool has_ticket(struct asking *a, int64_t *expires_s)
{
    char decoded[ENCODED_BYTES_MAX];
    struct str query = a->request->query, value;
    if (!query.len || !next_value(&query, '&', NAME, &value) ||
        value.len > sizeof decoded)
        return false;
    value = (struct str){decoded, flag_decode_into(decoded, value, true)};
    return is_ticket(value, expires_s) && proves(a, value, true);
}

static bool host_is_listed(const struct config *c, struct str host)
{
    struct str names = str_from(c->browse_hosts ? c->browse_hosts : ""), name;
    if (!host_name(host, &host))
        return false;
    while (str_split(&names, ' ', &name))
        if (name.len && str_equal_nocase(name, host))
            return true;
    return false;
}

/* Names of this machine are no danger either: browsers never ask DNS for them. But a
 * proxy that does not pass the Host on asks for such a name itself, whatever name the
 * browser has asked for. */
static bool host_is_safe(const struct config *c, const struct sender *s)
{
    if (!s->host.data)
        return false;
    return host_is_listed(c, s->host) ||
           (host_is_loopback(s->host) ? !s->forwarded : host_is_address(s->host));
}

static void deny(struct visitor *v, const char *why, const char *advice)
{
    v->visit = VISIT_DENIED;
    v->denial.why = why;
    v->denial.advice = advice;
}

static void deny_host(struct visitor *v, const struct sender *s)
{
    if (s->host.data && host_is_loopback(s->host))
        deny(v, "the proxy does not pass the Host on",
             "let it send the browser's Host");
    else
        deny(v, "the Host is a name that is not in profiler-browse-host",
             "open the shelf by its address, or set profiler-browse-host");
}

static void decide_by_key(struct visitor *v, struct asking *a, bool is_list,
                          bool foreign)
{
    a->why = "it has no key and no session";
    if (header_proves(a))
        v->visit = VISIT_ALLOWED;
    else if (foreign)
        deny(v, DENIAL_FOREIGN, "open the URL itself");
    else if (is_list && has_ticket(a, &v->expires_s))
        v->visit = VISIT_OPENS;
    else if (some_cookie_proves(a))
        v->visit = VISIT_ALLOWED;
    else
        deny(v, a->why, "");
}

void visitor_decide(struct visitor *v, const struct config *c,
                    const struct request_view *r, bool is_list, int64_t now_s)
{
    struct sender s;
    struct asking a = {.config = c, .request = r, .now_s = now_s};
    sender_read(&s, r);
    bool foreign = s.cross_site && !s.document;
    *v = (struct visitor){.visit = VISIT_NONE};
    if (s.unasked || request_is_upgrade(r))
        return;
    if (!sender_allowed(&s, c, &v->denial))
        v->visit = VISIT_DENIED;
    else if (config_wants_key(c))
        decide_by_key(v, &a, is_list, foreign);
    else if (foreign)
        deny(v, DENIAL_FOREIGN, "open the URL itself");
    else if (c->allow.count && !host_is_safe(c, &s))
        deny_host(v, &s);
    else
        v->visit = VISIT_ALLOWED;
}
