#include "netlist.h"

#include "base/digits.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_mapped(const struct net_address *address)
{
    return memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

/* Returns the version of the text's address: 4 or 6; 0: not an address. */
static int parse_address(struct net_address *address, struct str text)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.data, 0, text.len))
        return 0;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET6, copy, address->bytes) == 1)
        return 6;
    if (inet_pton(AF_INET, copy, address->bytes + sizeof(mapped_prefix)) != 1)
        return 0;
    memcpy(address->bytes, mapped_prefix, sizeof(mapped_prefix));
    return 4;
}

bool net_address_parse(struct net_address *address, struct str text)
{
    return parse_address(address, text) != 0;
}

bool net_address_read(struct net_address *address, const struct sockaddr *from)
{
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, from, sizeof(six));
        memcpy(address->bytes, &six.sin6_addr, sizeof(address->bytes));
        return true;
    }
    if (from->sa_family != AF_INET)
        return false;
    struct sockaddr_in four;
    memcpy(&four, from, sizeof(four));
    memcpy(address->bytes, mapped_prefix, sizeof(mapped_prefix));
    memcpy(address->bytes + sizeof(mapped_prefix), &four.sin_addr,
           sizeof(four.sin_addr));
    return true;
}

bool net_address_is_loopback(const struct net_address *address)
{
    static const uint8_t loopback[16] = {[15] = 1};
    if (is_mapped(address))
        return address->bytes[12] == 127;
    return memcmp(address->bytes, loopback, sizeof(loopback)) == 0;
}

bool net_address_is_unspecified(const struct net_address *address)
{
    static const uint8_t zeros[16];
    size_t start = is_mapped(address) ? sizeof(mapped_prefix) : 0;
    return memcmp(address->bytes + start, zeros, sizeof(zeros) - start) == 0;
}

static void mask(struct net_address *address, unsigned prefix_bits)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned kept = prefix_bits < i * 8 ? 0 : prefix_bits - i * 8;
        if (kept < 8)
            address->bytes[i] &= (uint8_t)(0xff00u >> kept);
    }
}

static void add_address(struct buf *out, const struct net_address *address, int version)
{
    char text[INET6_ADDRSTRLEN];
    if (version == 4)
        inet_ntop(AF_INET, address->bytes + sizeof(mapped_prefix), text, sizeof(text));
    else
        inet_ntop(AF_INET6, address->bytes, text, sizeof(text));
    buf_add_text(out, text);
}

/* Plain decimal, up to most. */
static bool parse_prefix(unsigned *bits, struct str text, unsigned most)
{
    uint64_t number;
    if ((text.len > 1 && text.data[0] == '0') ||
        digits_read(text, 10, most, &number) != DIGITS_OK)
        return false;
    *bits = (unsigned)number;
    return true;
}

static bool fail_form(struct buf *error, struct str item)
{
    buf_add_quoted(error, item);
    buf_add_text(error, " is not an address; possible: 192.0.2.7, 192.0.2.0/24, "
                        "2001:db8::7, 2001:db8::/32, separated by commas or blanks");
    return false;
}

static bool parse_net(struct net *net, struct str item, struct buf *error)
{
    struct str rest = item, address = item;
    unsigned bits = 128;
    str_split(&rest, '/', &address);
    int version = parse_address(&net->base, address);
    if (!version)
        return fail_form(error, item);
    unsigned most = version == 4 ? 32 : 128;
    if (rest.data && !parse_prefix(&bits, rest, most)) {
        buf_add_quoted(error, item);
        buf_printf(error, " has no possible prefix length; possible: 0 to %u", most);
        return false;
    }
    if (rest.data && version == 4)
        bits += 96;
    net->prefix_bits = (uint8_t)bits;

    struct net_address masked = net->base;
    mask(&masked, bits);
    if (memcmp(&masked, &net->base, sizeof(masked)) == 0)
        return true;
    buf_add_quoted(error, item);
    buf_add_text(error, " has bits set behind its prefix; the network is ");
    add_address(error, &masked, version);
    buf_printf(error, "/%u, the address alone ", version == 4 ? bits - 96 : bits);
    add_address(error, &net->base, version);
    return false;
}

static bool add_net(struct netlist *list, struct buf *text, struct str item,
                    struct buf *error)
{
    struct net net;
    if (!parse_net(&net, item, error))
        return false;
    if (!VEC_RESIZE(list->nets, list->count + 1)) {
        buf_add_text(error, "out of memory");
        return false;
    }
    list->nets[list->count++] = net;
    if (text->len)
        buf_add_text(text, ", ");
    buf_add_str(text, item);
    return true;
}

static bool take_item(struct str *rest, struct str *item)
{
    static const char separators[] = ", \t";
    while (rest->len && memchr(separators, *rest->data, sizeof(separators) - 1))
        rest->data++, rest->len--;
    *item = (struct str){rest->data, 0};
    while (rest->len && !memchr(separators, *rest->data, sizeof(separators) - 1))
        rest->data++, rest->len--, item->len++;
    return item->len > 0;
}

bool netlist_add(struct netlist *list, struct str text, struct buf *error)
{
    struct str rest = text, item;
    struct buf joined = {0};
    size_t count = list->count;
    if (list->text)
        buf_add_text(&joined, list->text);
    bool ok = true;
    while (ok && take_item(&rest, &item))
        ok = add_net(list, &joined, item, error);
    if (ok && list->count == count) {
        ok = fail_form(error, str_trim(text));
    } else if (ok) {
        buf_cstr(&joined);
        ok = !joined.failed;
        if (!ok)
            buf_add_text(error, "out of memory");
    }
    if (!ok) {
        list->count = count;
        buf_free(&joined);
        return false;
    }
    free(list->text);
    list->text = joined.data;
    return true;
}

/* Compares the whole bytes of the prefix, then the rest of its bits. */
static bool net_contains(const struct net *net, const struct net_address *address)
{
    unsigned whole = net->prefix_bits / 8, bits = net->prefix_bits % 8;
    if (memcmp(address->bytes, net->base.bytes, whole) != 0)
        return false;
    return !bits || (address->bytes[whole] ^ net->base.bytes[whole]) >> (8 - bits) == 0;
}

bool netlist_contains(const struct netlist *list, const struct net_address *address)
{
    for (size_t i = 0; i < list->count; i++)
        if (net_contains(&list->nets[i], address))
            return true;
    return false;
}

void netlist_free(struct netlist *list)
{
    free(list->nets);
    free(list->text);
    *list = (struct netlist){0};
}
