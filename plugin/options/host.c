#include "host.h"

#include "base/digits.h"
#include "netlist.h"

/* Takes ":8000" off the end. False if the text after the colon is not a port. */
static bool strip_port(struct str *host)
{
    const char *colon = memrchr(host->data, ':', host->len);
    if (!colon)
        return true;
    size_t before = (size_t)(colon - host->data);
    struct str port = {colon + 1, host->len - before - 1};
    host->len = before;
    return digits_count(port, 10) == port.len;
}

static bool strip_brackets(struct str host, struct str *address)
{
    const char *end = memchr(host.data, ']', host.len);
    if (!end)
        return false;
    size_t len = (size_t)(end - host.data) - 1;
    struct str port = {end + 1, host.len - len - 2};
    *address = (struct str){host.data + 1, len};
    return port.len == 0 || (port.data[0] == ':' && strip_port(&port) && port.len == 0);
}

static bool is_bracketed(struct str host)
{
    return host.len && host.data[0] == '[';
}

bool host_name(struct str host, struct str *name)
{
    if (is_bracketed(host))
        return strip_brackets(host, name);
    if (host.len == 0 || !strip_port(&host) || memchr(host.data, ':', host.len))
        return false;
    if (host.len && host.data[host.len - 1] == '.')
        host.len--;
    *name = host;
    return true;
}

static bool is_host_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-' || c == '_' || c == '.';
}

bool host_is_plain(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_host_char(name.data[i]))
            return false;
    return true;
}

/* "localhost", and all names below it. */
static bool name_is_loopback(struct str name)
{
    const struct str localhost = STR("localhost");
    if (name.len < localhost.len)
        return false;
    size_t above = name.len - localhost.len;
    struct str end = {name.data + above, localhost.len};
    if (!str_equal_nocase(end, localhost) ||
        (above > 0 && (above < 2 || name.data[above - 1] != '.')))
        return false;
    return host_is_plain((struct str){name.data, above});
}

bool host_is_loopback(struct str host)
{
    struct str name;
    struct net_address address;
    if (!host_name(host, &name))
        return false;
    if (!is_bracketed(host) && name_is_loopback(name))
        return true;
    return net_address_parse(&address, name) && net_address_is_loopback(&address);
}

bool host_is_address(struct str host)
{
    struct str name;
    struct net_address address;
    return host_name(host, &name) && net_address_parse(&address, name);
}
