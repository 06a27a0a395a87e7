#include "support.h"

#include "options/netlist.h"

static struct net_address address(const char *text)
{
    struct net_address a;
    if (!net_address_parse(&a, str_from(text)))
        fail_msg("%s", text);
    return a;
}

static void addresses_of_both_versions_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text, *same;
    } cases[] = {
        {"127.0.0.1", "::ffff:127.0.0.1"},
        {"::ffff:7f00:1", "127.0.0.1"},
        {"0:0:0:0:0:0:0:1", "::1"},
        {"2001:DB8::7", "2001:db8:0:0::7"},
        {"::FFFF:255.255.255.255", "255.255.255.255"},
        {"0000:0000:0000:0000:0000:ffff:192.168.100.100", "192.168.100.100"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct net_address a = address(cases[i].text), b = address(cases[i].same);
        assert_memory_equal(&a, &b, sizeof(a));
    }
}

static void everything_else_is_no_address(void **state)
{
    (void)state;
    const struct str cases[] = {
        {NULL, 0},
        STR(""),
        STR(" 127.0.0.1"),
        STR("127.0.0.1 "),
        STR("127.0.0.1:80"),
        STR("[::1]"),
        STR("fe80::1%eth0"),
        STR("localhost"),
        STR("127.1"),
        STR("0x7f.0.0.1"),
        STR("010.0.0.1"),
        STR("256.0.0.1"),
        STR("10.0.0.0/8"),
        STR("1:2:3:4:5:6:7"),
        STR(":::"),
        STR("127.0.0.1\0"),
        STR("127.0.0.1\0.evil"),
        STR("\xff\xfe"),
        STR("0000:0000:0000:0000:0000:ffff:192.168.100.1000"),
        STR("1111111111111111111111111111111111111111111111111111111111111111"),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct net_address a;
        assert_false(net_address_parse(&a, cases[i]));
    }
}

static void loopback_and_unspecified_are_told(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool loopback, unspecified;
    } cases[] = {
        {"127.0.0.1", true, false},
        {"127.255.0.9", true, false},
        {"::1", true, false},
        {"::ffff:127.0.0.1", true, false},
        {"::127.0.0.1", false, false},
        {"128.0.0.1", false, false},
        {"::", false, true},
        {"0.0.0.0", false, true},
        {"::ffff:0.0.0.0", false, true},
        {"0.0.0.1", false, false},
        {"10.0.0.1", false, false},
        {"1::1", false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct net_address a = address(cases[i].text);
        assert_int_equal(net_address_is_loopback(&a), cases[i].loopback);
        assert_int_equal(net_address_is_unspecified(&a), cases[i].unspecified);
    }
}

static void a_list_contains_what_its_networks_hold(void **state)
{
    (void)state;
    const struct {
        const char *list, *inside, *outside; /* separated by blanks */
    } cases[] = {
        {"10.0.0.0/8", "10.0.0.0 10.255.255.255 ::ffff:10.1.2.3",
         "9.255.255.255 11.0.0.0 ::a00:1"},
        {"172.16.0.0/12", "172.16.0.1 172.31.255.255", "172.15.255.255 172.32.0.0"},
        {"192.0.2.7", "192.0.2.7 ::ffff:192.0.2.7", "192.0.2.6 ::192.0.2.7"},
        {"192.0.2.6/31", "192.0.2.6 192.0.2.7", "192.0.2.5 192.0.2.8"},
        {"0.0.0.0/0", "0.0.0.0 255.255.255.255", "::1 2001:db8::1"},
        {"::/0", "::1 10.0.0.1 ffff::", ""},
        {"::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.0"},
        {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"},
        {"::1, 10.0.0.1\t,,10.0.0.3", "::1 10.0.0.1 10.0.0.3", "10.0.0.2 ::2"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct netlist list = {0};
        struct buf error = {0};
        struct str rest = str_from(cases[i].inside), item;
        assert_true(netlist_add(&list, str_from(cases[i].list), &error));
        assert_buf(&error, "");
        while (str_split(&rest, ' ', &item)) {
            struct net_address a;
            assert_true(net_address_parse(&a, item));
            assert_true(netlist_contains(&list, &a));
        }
        rest = str_from(cases[i].outside);
        while (rest.len && str_split(&rest, ' ', &item)) {
            struct net_address a;
            assert_true(net_address_parse(&a, item));
            assert_false(netlist_contains(&list, &a));
        }
        netlist_free(&list);
    }
}

static void the_empty_list_contains_nothing(void **state)
{
    (void)state;
    struct netlist list = {0};
    struct net_address any = address("127.0.0.1");
    assert_false(netlist_contains(&list, &any));

    struct buf error = {0};
    assert_false(netlist_add(&list, (struct str){NULL, 0}, &error));
    assert_true(error.len > 0);
    buf_free(&error);
    netlist_free(&list);
}

static void errors_say_what_is_wrong_and_what_is_possible(void **state)
{
    (void)state;
    const char *form = " is not an address; possible: 192.0.2.7, 192.0.2.0/24, "
                       "2001:db8::7, 2001:db8::/32, separated by commas or blanks";
    const struct {
        const char *text, *quoted, *what;
    } cases[] = {
        {"", "\"\"", form},
        {" ,", "\",\"", form},
        {"localhost", "\"localhost\"", form},
        {"::1, 10.0.0.1:80", "\"10.0.0.1:80\"", form},
        {"/8", "\"/8\"", form},
        {"10.0.0\xff", "\"10.0.0\\xff\"", form},
        {"10.0.0.0/33", "\"10.0.0.0/33\"",
         " has no possible prefix length; possible: 0 to 32"},
        {"10.0.0.0/", "\"10.0.0.0/\"",
         " has no possible prefix length; possible: 0 to 32"},
        {"10.0.0.0/08", "\"10.0.0.0/08\"",
         " has no possible prefix length; possible: 0 to 32"},
        {"10.0.0.0/255.0.0.0", "\"10.0.0.0/255.0.0.0\"",
         " has no possible prefix length; possible: 0 to 32"},
        {"10.0.0.0/8/8", "\"10.0.0.0/8/8\"",
         " has no possible prefix length; possible: 0 to 32"},
        {"::/129", "\"::/129\"", " has no possible prefix length; possible: 0 to 128"},
        {"::/-1", "\"::/-1\"", " has no possible prefix length; possible: 0 to 128"},
        {"10.0.0.1/8", "\"10.0.0.1/8\"",
         " has bits set behind its prefix; the network is 10.0.0.0/8, the address "
         "alone "
         "10.0.0.1"},
        {"1.0.0.0/0", "\"1.0.0.0/0\"",
         " has bits set behind its prefix; the network is 0.0.0.0/0, the address alone "
         "1.0.0.0"},
        {"2001:db8::1/32", "\"2001:db8::1/32\"",
         " has bits set behind its prefix; the network is 2001:db8::/32, the address "
         "alone 2001:db8::1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct netlist list = {0};
        struct buf error = {0}, expected = {0};
        assert_false(netlist_add(&list, str_from(cases[i].text), &error));
        assert_int_equal(list.count, 0);
        assert_null(list.text);
        buf_printf(&expected, "%s%s", cases[i].quoted, cases[i].what);
        assert_string_equal(buf_cstr(&error), buf_cstr(&expected));
        buf_free(&error);
        buf_free(&expected);
        netlist_free(&list);
    }
}

static void adding_twice_joins_and_a_failure_changes_nothing(void **state)
{
    (void)state;
    struct netlist list = {0};
    struct buf error = {0};
    assert_true(netlist_add(&list, STR("10.0.0.0/8 ::1"), &error));
    assert_true(netlist_add(&list, STR("192.0.2.1"), &error));
    assert_string_equal(list.text, "10.0.0.0/8, ::1, 192.0.2.1");
    assert_false(netlist_add(&list, STR("192.0.2.2, bad"), &error));
    assert_string_equal(list.text, "10.0.0.0/8, ::1, 192.0.2.1");
    assert_int_equal(list.count, 3);
    struct net_address refused = address("192.0.2.2");
    assert_false(netlist_contains(&list, &refused));
    buf_free(&error);
    netlist_free(&list);
}

static bool add_some(void)
{
    struct netlist list = {0};
    struct buf error = {0};
    bool failed = !netlist_add(&list, STR("10.0.0.0/8, ::1"), &error) ||
                  !netlist_add(&list, STR("10.0.0.1"), &error);
    netlist_free(&list);
    buf_free(&error);
    return failed;
}

static void running_out_of_memory_is_an_error(void **state)
{
    (void)state;
    oom_sweep(add_some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_both_versions_are_read),
        cmocka_unit_test(everything_else_is_no_address),
        cmocka_unit_test(loopback_and_unspecified_are_told),
        cmocka_unit_test(a_list_contains_what_its_networks_hold),
        cmocka_unit_test(the_empty_list_contains_nothing),
        cmocka_unit_test(errors_say_what_is_wrong_and_what_is_possible),
        cmocka_unit_test(adding_twice_joins_and_a_failure_changes_nothing),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("netlist", tests, NULL, NULL);
}
