/* The client that a trusted proxy's X-Forwarded-For names.
 *
 * Input: REMOTE_ADDR, then the header's value. */

#include "fuzz.h"

#include "gate/access.h"

#include <stdlib.h>

#define ITEMS_MAX 32 /* maximum of hops that are read */

static const char *const configs[] = {
    "allow=10.0.0.0/8, 2001:db8::/32\ntrusted-proxies=192.0.2.0/24, 2001:db8:1::/48",
    "allow=127.0.0.0/8, ::1, 0.0.0.0/0\ntrusted-proxies=192.0.2.0/24, 10.0.0.0/8",
};
#define CONFIGS (sizeof configs / sizeof *configs)

static bool is_somebody(struct net_address *address, struct str text)
{
    return net_address_parse(address, text) && !net_address_is_unspecified(address);
}

/* Finds the client by reading the list from the left. A value of two lines names no
 * client. */
static bool find_client(const struct config *c, struct str list,
                        struct net_address *client)
{
    struct str *items = calloc(list.len + 1, sizeof *items), item;
    size_t count = 0, hops = 0;
    bool found = false, wrong = list.len && memchr(list.data, '\n', list.len);
    CHECK(items);
    while (str_split(&list, ',', &item))
        items[count++] = str_trim(item);
    while (count-- && hops++ < ITEMS_MAX && !found && !wrong) {
        wrong = !is_somebody(client, items[count]);
        found = !wrong && !netlist_contains(&c->proxies, client);
    }
    free(items);
    return found;
}

static bool is_allowed(const struct config *c, struct str remote, struct str list)
{
    struct net_address address;
    if (!is_somebody(&address, remote))
        return false;
    if (netlist_contains(&c->proxies, &address) && !find_client(c, list, &address))
        return false;
    return netlist_contains(&c->allow, &address) && !net_address_is_loopback(&address);
}

static struct iovec view(struct str text)
{
    return (struct iovec){(void *)(uintptr_t)text.data, text.len};
}

static void try_on(const struct config *c, struct str remote, struct str list)
{
    const struct iovec vars[] = {view(STR("REMOTE_ADDR")), view(remote),
                                 view(STR("HTTP_X_FORWARDED_FOR")), view(list)};
    const struct request_view r = {.vars = vars, .var_count = 4};
    struct sender sender;
    struct denial denial;
    sender_read(&sender, &r);
    CHECK(sender.forwarded && !sender.ambiguous && !sender.forwarded_for_twice);
    bool allowed = sender_allowed(&sender, c, &denial);
    CHECK(allowed == is_allowed(c, remote, list));
    CHECK(allowed == !denial.why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config made[CONFIGS];
    fuzz_configs(made, configs, CONFIGS);
    struct str rest = fuzz_input(data, size), remote = fuzz_line(&rest);
    struct str list = fuzz_copy(rest.data ? rest : STR(""));
    for (size_t i = 0; i < CONFIGS; i++) {
        try_on(&made[i], remote, list);
        try_on(&made[i], STR("192.0.2.1"), list);
    }
    free((char *)list.data);
    return 0;
}
