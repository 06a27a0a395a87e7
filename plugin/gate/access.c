#include "access.h"

#include "options/host.h"

static struct str view(const struct iovec *bytes)
{
    return (struct str){bytes->iov_base ? bytes->iov_base : "", bytes->iov_len};
}

static void read_once(struct sender *s, struct str *field, const struct iovec *value)
{
    s->ambiguous = s->ambiguous || field->data;
    *field = view(value);
}

static bool is_prefetch(const struct iovec *purpose)
{
    return memmem(view(purpose).data, purpose->iov_len, "prefetch", strlen("prefetch"));
}

/* The app may set a Turkish locale. Then the server's toupper() leaves the "i" in a
 * header's name, or replaces it by another byte: "ViA", "V\xddA". Any such byte is
 * accepted here, where a match can only reduce the trust in a client. */
static bool is_spelt(const char *bytes, struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        bool dotted = name.data[i] == 'I' && (bytes[i] == 'i' || (bytes[i] & 0x80));
        if (bytes[i] != name.data[i] && !dotted)
            return false;
    }
    return true;
}

static bool is_header(struct str name, struct str header)
{
    return name.len == header.len && is_spelt(name.data, header);
}

static bool header_starts(struct str name, struct str prefix)
{
    return name.len >= prefix.len && is_spelt(name.data, prefix);
}

static bool header_ends(struct str name, struct str suffix)
{
    return name.len >= suffix.len &&
           is_spelt(name.data + name.len - suffix.len, suffix);
}

/* Headers that only browsers send. */
static void read_fetch(struct sender *s, struct str name, const struct iovec *value)
{
    if (str_equal(name, STR("SEC_PURPOSE")) && is_prefetch(value))
        s->unasked = true;
    else if (is_header(name, STR("SEC_FETCH_SITE")))
        s->cross_site |= str_equal(view(value), STR("cross-site"));
    else if (str_equal(name, STR("SEC_FETCH_DEST")))
        s->document = str_equal(view(value), STR("document"));
}

/* X-Real-IP, True-Client-IP, X-Azure-ClientIP: proxies use many names for it. */
static bool names_client(struct str name)
{
    return name.data[name.len - 1] == 'P' &&
           (header_ends(name, STR("_IP")) || header_ends(name, STR("CLIENTIP")));
}

/* Switches on the first letter after "HTTP_", since most headers are none of these. */
static void read_header(struct sender *s, struct str name, const struct iovec *value)
{
    s->forwarded |= names_client(name);
    switch (*name.data) {
    case 'H':
        if (str_equal(name, STR("HOST")))
            read_once(s, &s->host, value);
        break;
    case 'P':
        if (str_equal(name, STR("PURPOSE")) && is_prefetch(value))
            s->unasked = true;
        break;
    case 'S':
        read_fetch(s, name, value);
        break;
    case 'C':
        s->forwarded |=
            str_starts(name, STR("CF_")) || str_equal(name, STR("CDN_LOOP"));
        break;
    case 'F':
        s->forwarded |= str_starts(name, STR("FORWARDED")) ||
                        str_equal(name, STR("FRONT_END_HTTPS"));
        break;
    case 'V':
        s->forwarded |= is_header(name, STR("VIA"));
        break;
    case 'X':
        if (str_equal(name, STR("X_FORWARDED_FOR"))) {
            s->forwarded_for_twice = s->forwarded_for.data;
            s->forwarded_for = view(value);
        }
        s->forwarded |= str_starts(name, STR("X_FORWARDED")) ||
                        str_starts(name, STR("X_ENVOY_")) ||
                        header_starts(name, STR("X_ORIGINAL_"));
        if (str_equal(name, STR("X_MOZ")) && is_prefetch(value))
            s->unasked = true;
        break;
    default:
        break;
    }
}

void sender_read(struct sender *s, const struct request_view *r)
{
    const size_t prefix = strlen("HTTP_");
    *s = (struct sender){.connection = &r->connection};
    for (size_t i = 0; i + 1 < r->var_count; i += 2) {
        const struct iovec *var = &r->vars[i];
        struct str name = {var->iov_base, var->iov_len};
        if (name.len <= prefix)
            continue;
        if (*name.data == 'H' && !memcmp(name.data, "HTTP_", prefix)) {
            name = (struct str){name.data + prefix, name.len - prefix};
            read_header(s, name, var + 1);
            if (s->forwarded && !s->forwarder.data)
                s->forwarder = name;
        } else if (*name.data == 'R' && str_equal(name, STR("REMOTE_ADDR"))) {
            read_once(s, &s->address, var + 1);
        } else if (*name.data == 'U' && str_equal(name, STR("UWSGI_ROUTER"))) {
            s->routed = true;
        }
    }
}

/* The forms that a server writes for a client on its own machine. Other forms, and
 * other loopback addresses, need profiler-allow. */
static bool is_this_machine(struct str address)
{
    return str_equal(address, STR("127.0.0.1")) || str_equal(address, STR("::1")) ||
           str_equal(address, STR("::ffff:127.0.0.1"));
}

static const char *not_this_machine(const struct sender *s, struct denial *denial)
{
    denial->advice = "set profiler-key";
    if (s->forwarded)
        denial->advice = "set profiler-key, or profiler-trusted-proxies and "
                         "profiler-allow";
    if (!is_this_machine(s->address)) {
        denial->addable = !s->forwarded;
        return "not this machine: the address is not 127.0.0.1 or ::1";
    }
    if (!s->host.data || !host_is_loopback(s->host)) {
        if (!s->forwarded)
            denial->advice = "ask for localhost, or set profiler-allow or profiler-key";
        return "not this machine: the Host is not a loopback name";
    }
    denial->header = s->forwarder;
    return s->forwarded ? "not this machine: a forwarding header is there" : NULL;
}

/* More proxies than any real chain has. Bounds the cost of a stranger's request. */
#define HOPS_MOST 32

/* Takes the last item off the comma-separated list, as the sender of that hop. */
static struct str take_last(struct str *list)
{
    const char *comma = list->len ? memrchr(list->data, ',', list->len) : NULL;
    struct str last = *list;
    if (comma) {
        size_t before = (size_t)(comma - list->data);
        last = (struct str){comma + 1, list->len - before - 1};
        list->len = before;
    } else {
        *list = (struct str){NULL, 0};
    }
    return str_trim(last);
}

static bool address_is_known(struct net_address *address, struct str text)
{
    return net_address_parse(address, text) && !net_address_is_unspecified(address);
}

static const char malformed[] =
    "the trusted proxy sends an X-Forwarded-For that is malformed";

/* Finds the client behind a trusted proxy. Returns NULL and the client's address, or
 * the reason why it is unknown. */
static const char *find_forwarded(const struct sender *s, const struct config *c,
                                  struct net_address *client, struct denial *denial)
{
    struct str list = s->forwarded_for;
    if (!list.data)
        return "it is a trusted proxy, which sends no X-Forwarded-For";
    if (s->forwarded_for_twice || connection_forwarded_for_twice(s->connection)) {
        denial->advice = "let it replace the header, and pass on no X_Forwarded_For";
        return "the trusted proxy sends X-Forwarded-For twice";
    }
    if (memchr(list.data, '\n', list.len)) /* a header continued on a second line */
        return malformed;
    for (int hop = 0; list.data && hop < HOPS_MOST; hop++) {
        struct str last = take_last(&list);
        if (!address_is_known(client, last))
            return malformed;
        if (!netlist_contains(&c->proxies, client)) {
            denial->address = last;
            return NULL;
        }
    }
    return "the X-Forwarded-For names only trusted proxies";
}

static const char *not_allowed(const struct sender *s, const struct config *c,
                               struct denial *denial)
{
    struct net_address address;
    if (!address_is_known(&address, s->address))
        return "the sender's address is not known";
    if (netlist_contains(&c->proxies, &address)) {
        const char *why = find_forwarded(s, c, &address, denial);
        if (why)
            return why;
    }
    if (!netlist_contains(&c->allow, &address)) {
        denial->addable = !s->forwarded || denial->address.data != s->address.data;
        denial->advice = !denial->addable      ? "if it is your proxy, set "
                                                 "profiler-trusted-proxies"
                         : config_wants_key(c) ? ""
                                               : "set profiler-key";
        return c->not_allowed;
    }
    if (s->forwarded && net_address_is_loopback(&address)) {
        denial->header = s->forwarder;
        return "a forwarding header is there, and the address is a loopback one";
    }
    return NULL;
}

bool sender_allowed(const struct sender *s, const struct config *c,
                    struct denial *denial)
{
    *denial = (struct denial){.address = s->address, .advice = ""};
    if (!c->allow.count && config_wants_key(c))
        return true;
    if (s->ambiguous)
        denial->why = "REMOTE_ADDR or the Host is there twice";
    else if (!s->address.data || !s->address.len)
        denial->why = "the sender's address is not known";
    else if ((denial->why =
                  connection_hides_sender(s->connection, s->routed, &c->proxies)))
        denial->advice = config_wants_key(c) ? "" : "set profiler-key";
    else if (c->allow.count)
        denial->why = not_allowed(s, c, denial);
    else
        denial->why = not_this_machine(s, denial);
    return !denial->why;
}
