#include "request.h"

#include "gate/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#define ENDS "\r\n\r\n"

/* Returns why the client of this request, over a TCP socket, may not profile. */
static const char *ask(const char *options, const char *peer, const char *vars,
                       struct connection connection, const char *head)
{
    struct config c = make_config(options);
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct request r;
    struct sender s;
    struct denial denial;
    assert_int_equal(inet_pton(AF_INET, peer, &from.sin_addr), 1);
    make_request(&r, vars);
    connection.head = str_from(head);
    connection.peer = (const struct sockaddr *)&from;
    r.view.connection = connection;
    sender_read(&s, &r.view);
    static char why[200];
    snprintf(why, sizeof why, "%s", sender_allowed(&s, &c, &denial) ? "" : denial.why);
    config_free(&c);
    return why;
}

#define PROXIED                                                                        \
    "profiler-allow=10.0.0.0/8\nprofiler-trusted-proxies=192.0.2.0/24", "192.0.2.1",   \
        "REMOTE_ADDR=192.0.2.1\nHTTP_X_FORWARDED_FOR=203.0.113.9, 10.1.2.3"

static void two_lines_that_the_server_has_joined_are_told(void **state)
{
    (void)state;
    static const char *const twice = "the trusted proxy sends X-Forwarded-For twice";
    static const struct {
        const char *lines;
        bool obeyed;
    } cases[] = {
        {"X_FORWARDED_FOR: 203.0.113.9, 10.1.2.3", true},
        {"X-Forwarded-For: 203.0.113.9, 10.1.2.3", true},
        {"X_FORWARDED_FOR: 203.0.113.9\r\nX_FORWARDED_FOR: 10.1.2.3", false},
        {"X-Forwarded-For: 203.0.113.9\r\nX_Forwarded-For: 10.1.2.3", false},
        {"x-forwarded-for:203.0.113.9\r\nA: b\r\nX-FORWARDED_FOR:10.1.2.3", false},
        {"X_FORWARDED_FOR: 203.0.113.9, 10.1.2.3\r\nX_FORWARDED_FOR:", false},
        {"X_FORWARDED_FOR:\r\nX_FORWARDED_FOR: 203.0.113.9, 10.1.2.3", false},
        {"X_FORWARDED_FOR: a\r\nX_FORWARDED_FOR : 10.1.2.3", true},
        {"X_FORWARDED_FOR: a\r\nX_FORWARDED_FORT: 10.1.2.3", true},
        {"X_FORWARDED_FOR: a\r\nX_FORWARDED_HOST: b", true},
        {"X_FORWARDED_FOR: a\r\n X_FORWARDED_FOR: b", true}, /* goes on: malformed */
        {"A: b\n\r\nX_FORWARDED_FOR: a\r\nX_FORWARDED_FOR: b", false},
        {"A: b\nX_FORWARDED_FOR: a\r\nX_FORWARDED_FOR: b", false},
        {"X_FORWARDED_FOR: a" ENDS "X_FORWARDED_FOR: b" ENDS, true}, /* a body */
        {"X_FORWARDED_FOR: a" ENDS "GET / HTTP/1.1\r\nX-Forwarded-For: b", true},
        {"", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf head = {0};
        buf_printf(&head, "GET / HTTP/1.1\r\n%s" ENDS, cases[i].lines);
        const char *why = ask(PROXIED, (struct connection){0}, buf_cstr(&head));
        if (strcmp(why, cases[i].obeyed ? "" : twice))
            fail_msg("\"%s\" for %s", why, cases[i].lines);
        buf_free(&head);
    }
    assert_string_equal(ask(PROXIED, (struct connection){0},
                            "X-Forwarded-For:\r\n"
                            "X-Forwarded-For:"),
                        twice); /* no end that was seen */
}

static void a_line_that_goes_on_is_malformed(void **state)
{
    (void)state;
    const struct iovec vars[] = {
        {(void *)(uintptr_t) "REMOTE_ADDR", 11},
        {(void *)(uintptr_t) "192.0.2.1", 9},
        {(void *)(uintptr_t) "HTTP_X_FORWARDED_FOR", 20},
        {(void *)(uintptr_t) "203.0.113.9\r\n ,10.1.2.3", 23},
    };
    const struct request_view r = {.vars = vars, .var_count = 4};
    struct config c =
        make_config("profiler-allow=10.0.0.0/8\nprofiler-trusted-proxies=192.0.2.0/24");
    struct sender s;
    struct denial denial;
    sender_read(&s, &r);
    assert_false(sender_allowed(&s, &c, &denial));
    assert_string_equal(denial.why,
                        "the trusted proxy sends an X-Forwarded-For that is malformed");
    config_free(&c);
}

static void a_proxy_line_counts_from_a_trusted_proxy_only(void **state)
{
    (void)state;
    static const char line[] =
        "PROXY TCP4 10.1.2.3 192.0.2.9 1 2\r\nGET / HTTP/1.1" ENDS;
    static const char plain[] = "GET / HTTP/1.1" ENDS;
    static const char *const chosen =
        "a PROXY line names its address, and the peer that sent the line is not in "
        "profiler-trusted-proxies";
    const struct connection on = {.proxy_lines = true}, off = {0};
    const char *const list =
        "profiler-allow=10.0.0.0/8\nprofiler-trusted-proxies=192.0.2.0/24";
    const char *const local = "REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost";

    assert_string_equal(ask(list, "192.0.2.7", "REMOTE_ADDR=10.1.2.3", on, line), "");
    assert_string_equal(ask(list, "203.0.113.9", "REMOTE_ADDR=10.1.2.3", on, line),
                        chosen);
    assert_string_equal(ask(list, "10.1.2.3", "REMOTE_ADDR=10.1.2.3", on, line),
                        chosen);
    assert_string_equal(ask(list, "10.1.2.3", "REMOTE_ADDR=10.1.2.3", on, plain), "");
    assert_string_equal(ask(list, "203.0.113.9", "REMOTE_ADDR=10.1.2.3", off, line),
                        "");
    assert_string_equal(ask("", "203.0.113.9", local, on, line), chosen);
    assert_string_equal(ask("", "127.0.0.1", local, on, plain), "");
}

static void behind_a_router_that_believes_all_no_address_is_known(void **state)
{
    (void)state;
    const char *const routed = "REMOTE_ADDR=10.1.2.3\nUWSGI_ROUTER=http";
    const struct connection on = {.router_proxy_lines = true}, off = {0};
    assert_string_equal(ask("profiler-allow=10.0.0.0/8", "10.9.9.9", routed, off, ""),
                        "");
    assert_string_equal(ask("profiler-allow=10.0.0.0/8", "10.9.9.9", routed, on, ""),
                        "the http router accepts PROXY lines from anybody");
    assert_string_equal(
        ask("profiler-allow=10.0.0.0/8", "10.1.2.3", "REMOTE_ADDR=10.1.2.3", on, "GET"),
        "");
}

static void an_address_that_the_server_has_made_up_is_none(void **state)
{
    (void)state;
    struct config c = make_config("profiler-allow=0.0.0.0/0");
    const struct sockaddr_un on_disk = {.sun_family = AF_UNIX, .sun_path = "/t\177"};
    const struct sockaddr_in kept = {.sin_family = AF_UNSPEC};
    const struct {
        const void *peer;
        const char *why;
    } cases[] = {
        {&on_disk, "clients of unix sockets have no address"},
        {&kept, "on a connection that is kept alive, uWSGI knows the address for the "
                "first request only"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct request r;
        struct sender s;
        struct denial denial;
        make_request(&r, "REMOTE_ADDR=127.0.0.1");
        r.view.connection = (struct connection){STR("GET"), cases[i].peer, 0, 0};
        sender_read(&s, &r.view);
        assert_false(sender_allowed(&s, &c, &denial));
        assert_string_equal(denial.why, cases[i].why);
        assert_string_equal(denial.advice, "set profiler-key");
    }
    config_free(&c);
}

static void the_kernels_addresses_are_read(void **state)
{
    (void)state;
    struct net_address read, parsed;
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    inet_pton(AF_INET6, "2001:db8::7", &six.sin6_addr);
    assert_true(net_address_read(&read, (struct sockaddr *)&six));
    assert_true(net_address_parse(&parsed, STR("2001:db8::7")));
    assert_memory_equal(&read, &parsed, sizeof read);
    inet_pton(AF_INET, "192.0.2.1", &four.sin_addr);
    assert_true(net_address_read(&read, (struct sockaddr *)&four));
    assert_true(net_address_parse(&parsed, STR("::ffff:192.0.2.1")));
    assert_memory_equal(&read, &parsed, sizeof read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lines_that_the_server_has_joined_are_told),
        cmocka_unit_test(a_line_that_goes_on_is_malformed),
        cmocka_unit_test(a_proxy_line_counts_from_a_trusted_proxy_only),
        cmocka_unit_test(behind_a_router_that_believes_all_no_address_is_known),
        cmocka_unit_test(an_address_that_the_server_has_made_up_is_none),
        cmocka_unit_test(the_kernels_addresses_are_read),
    };
    return cmocka_run_group_tests_name("connection", tests, NULL, NULL);
}
