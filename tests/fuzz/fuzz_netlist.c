/* profiler-allow, and addresses to look up in it.
 *
 * Input: the list, then addresses, one per line. */

#include "fuzz.h"

#include "gate/access.h"
#include "options/host.h"
#include "options/netlist.h"

#include <arpa/inet.h>

static bool bit(const struct net_address *a, unsigned i)
{
    return a->bytes[i / 8] >> (7 - i % 8) & 1;
}

/* Does the same as netlist_contains, bit by bit. */
static bool is_in(const struct netlist *list, const struct net_address *address)
{
    for (size_t i = 0; i < list->count; i++) {
        unsigned same = 0;
        while (same < list->nets[i].prefix_bits &&
               bit(address, same) == bit(&list->nets[i].base, same))
            same++;
        if (same == list->nets[i].prefix_bits)
            return true;
    }
    return false;
}

/* An address written by the system's functions must read back as the same address. */
static void check_round_trip(const struct net_address *address)
{
    char text[INET6_ADDRSTRLEN];
    struct net_address again;
    CHECK(inet_ntop(AF_INET6, address->bytes, text, sizeof text));
    CHECK(net_address_parse(&again, str_from(text)));
    CHECK(!memcmp(&again, address, sizeof again));
}

static void check_alone(struct str text, const struct net_address *address)
{
    struct netlist alone = {0};
    struct buf error = {0};
    CHECK(netlist_add(&alone, text, &error));
    CHECK(alone.count == 1 && netlist_contains(&alone, address));
    netlist_free(&alone);
}

static void try_address(const struct netlist *list, struct str text)
{
    struct net_address address;
    host_is_loopback(text);
    if (!net_address_parse(&address, text))
        return;
    CHECK(!net_address_is_loopback(&address) || !net_address_is_unspecified(&address));
    CHECK(netlist_contains(list, &address) == is_in(list, &address));
    check_round_trip(&address);
    check_alone(text, &address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size), text = fuzz_line(&rest);
    struct netlist list = {0};
    struct buf error = {0};
    if (netlist_add(&list, text, &error)) {
        CHECK(error.len == 0 && list.count > 0 && list.text);
    } else {
        fuzz_check_message(buf_str(&error));
        CHECK(list.count == 0);
    }
    for (int lines = 0; rest.len && lines < 20; lines++)
        try_address(&list, fuzz_line(&rest));
    for (size_t i = 0; i < list.count; i++)
        CHECK(netlist_contains(&list, &list.nets[i].base));
    netlist_free(&list);
    buf_free(&error);
    return 0;
}
