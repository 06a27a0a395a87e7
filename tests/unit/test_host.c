#include "support.h"

#include "options/host.h"

static void a_host_is_a_name_or_an_address(void **state)
{
    (void)state;
    static const struct {
        const char *host, *name; /* NULL: it is no Host */
        bool address;
    } cases[] = {
        {"shop.example", "shop.example", false},
        {"shop.example:8000", "shop.example", false},
        {"shop.example.", "shop.example", false},
        {"shop.example.:8000", "shop.example", false},
        {"shop.example:", "shop.example", false},
        {"shop.example..", "shop.example.", false},
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.1:80", "10.0.0.1", true},
        {"10.0.0.1.", "10.0.0.1", true},
        {"10.0.0.1.x", "10.0.0.1.x", false},
        {"10.0.0", "10.0.0", false},
        {"010.0.0.1", "010.0.0.1", false},
        {"167772161", "167772161", false},
        {"[::1]", "::1", true},
        {"[2001:db8::1]:8000", "2001:db8::1", true},
        {"[::ffff:10.0.0.1]", "::ffff:10.0.0.1", true},
        {"[shop]", "shop", false},
        {"[::1", NULL, false},
        {"[::1]x", NULL, false},
        {"[::1]:x", NULL, false},
        {"[::1]80", NULL, false},
        {"::1", NULL, false},
        {"a:b", NULL, false},
        {"a:80:80", NULL, false},
        {"", NULL, false},
        {":80", "", false},
        {".", "", false},
        {"[]", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str host = str_from(cases[i].host), name;
        bool known = host_name(host, &name);
        if (known != (cases[i].name != NULL) ||
            (known && !str_equal(name, str_from(cases[i].name))))
            fail_msg("%s", cases[i].host);
        if (host_is_address(host) != cases[i].address)
            fail_msg("%s: %d", cases[i].host, cases[i].address);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_a_name_or_an_address),
    };
    return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
