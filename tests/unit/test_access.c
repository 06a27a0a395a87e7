#include "request.h"

#include "gate/access.h"
#include "options/host.h"

/* Returns why the sender of these variables may not profile; "" if he may. */
static const char *ask(const struct config *c, const char *vars)
{
    struct request r;
    struct sender s;
    make_request(&r, vars);
    sender_read(&s, &r.view);
    struct denial denial;
    return sender_allowed(&s, c, &denial) ? "" : denial.why;
}

static void loopback_hosts_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool loopback;
    } cases[] = {
        {"localhost", true},
        {"localhost:8000", true},
        {"LocalHost:1", true},
        {"localhost.", true},
        {"localhost.:80", true},
        {"localhost:", true},
        {"app.localhost", true},
        {"a.b-c_d.LOCALHOST:9090", true},
        {"127.0.0.1", true},
        {"127.0.0.1:8000", true},
        {"127.1.2.3", true},
        {"127.0.0.1.", true},
        {"[::1]", true},
        {"[::1]:8000", true},
        {"[0:0:0:0:0:0:0:1]:80", true},
        {"[::ffff:127.0.0.1]", true},
        {"", false},
        {":", false},
        {":80", false},
        {".", false},
        {".localhost", false},
        {"..", false},
        {"xlocalhost", false},
        {"localhost.evil.com", false},
        {"localhost..", false},
        {"evil.com#.localhost", false},
        {"evil.com/.localhost", false},
        {"user@localhost", false},
        {"evil.com", false},
        {"evil.com:127", false},
        {"localhost:80:80", false},
        {"localhost:http", false},
        {"localhost:-1", false},
        {"localhost ", false},
        {" localhost", false},
        {"local\xffhost", false},
        {"127.0.0.1.evil.com", false},
        {"127.1", false},
        {"127.0.0.1x", false},
        {"0127.0.0.1", false},
        {"2130706433", false},
        {"128.0.0.1", false},
        {"0.0.0.0", false},
        {"10.0.0.1", false},
        {"::1", false},
        {"::1:80", false},
        {"[::1", false},
        {"[", false},
        {"[]", false},
        {"]", false},
        {"[::1]80", false},
        {"[::1]:", true},
        {"[::1]:x", false},
        {"[::1]:8:8", false},
        {"[::1].evil.com", false},
        {"[::1]]", false},
        {"[::2]", false},
        {"[::]", false},
        {"[::1%lo]", false},
        {"[localhost]", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (host_is_loopback(str_from(cases[i].host)) != cases[i].loopback)
            fail_msg("%s", cases[i].host);
}

static void an_endless_host_is_no_loopback_one(void **state)
{
    (void)state;
    for (const char *c = "a.:[]0\xff"; *c; c++) {
        struct buf host = {0};
        buf_fill(&host, *c, 100000);
        assert_false(host_is_loopback(buf_str(&host)));
        buf_free(&host);
    }
}

static void without_a_list_this_machine_alone_is_obeyed(void **state)
{
    (void)state;
    static const char *const address =
        "not this machine: the address is not 127.0.0.1 or ::1";
    static const char *const host = "not this machine: the Host is not a loopback name";
    static const char *const proxy = "not this machine: a forwarding header is there";
    static const char *const unknown = "the sender's address is not known";
    static const char *const twice = "REMOTE_ADDR or the Host is there twice";
    const struct {
        const char *vars, *why;
    } cases[] = {
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost", ""},
        {"HTTP_HOST=[::1]:80\nREMOTE_ADDR=::1", ""},
        {"REMOTE_ADDR=::ffff:127.0.0.1\nHTTP_HOST=127.0.0.1", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=x.localhost:80\nHTTP_ACCEPT=*/*", ""},
        {"REMOTE_ADDR=127.0.0.9\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_FORWARD=1", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nX_FORWARDED_FOR=1", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_VIAX=1\nHTTP_CF=1", ""},
        {"REMOTE_ADDR=10.0.0.1\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=::ffff:10.0.0.1\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=::2\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=127.0.0.1", host},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=", host},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=shop.example", host},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOSTS=localhost", host},
        {"", unknown},
        {"HTTP_HOST=localhost", unknown},
        {"REMOTE_ADDR=\nHTTP_HOST=localhost", unknown},
        {"REMOTE_ADDR=0.0.0.0\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=::\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=::ffff:0.0.0.0\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=unix:\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=127.0.0.1:80\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=127.0.0.1,10.0.0.1\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDR=127.1\nHTTP_HOST=localhost", address},
        {"REMOTE_ADDRS=127.0.0.1\nHTTP_HOST=localhost", unknown},
        {"remote_addr=127.0.0.1 HTTP_HOST=localhost", unknown},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nREMOTE_ADDR=127.0.0.1", twice},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=a.com\nHTTP_HOST=localhost", twice},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_FORWARDED_FOR=", proxy},
        {"HTTP_X_FORWARDED_X=1\nREMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_FORWARDED=for=x", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_REAL_IP=::1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_VIA=1.1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_CF_RAY=1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_ENVOY_A=1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_TRUE_CLIENT_IP=", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_AZURE_CLIENTIP=1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_ORIGINAL_URL=/", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_FRONT_END_HTTPS=on", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_CDN_LOOP=x", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_ViA=1.1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_V\335A=1.1", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_REAL_\335P=", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_CLiENTIP=", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_ORiG\335NAL_A=", proxy},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_VEA=1\nHTTP_V\335E=1", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_P=1\nHTTP_IP=1", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\nHTTP_X_ORIGINAL=1", ""},
    };
    struct config c = make_config("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(ask(&c, cases[i].vars), cases[i].why);
    config_free(&c);
}

static void with_a_list_those_on_it_are_obeyed(void **state)
{
    (void)state;
    static const char *const no = "not in profiler-allow (10.0.0.0/8, ::1, 127.0.0.1, "
                                  "fd00::/8)";
    static const char *const proxy =
        "a forwarding header is there, and the address is a loopback one";
    static const char *const unknown = "the sender's address is not known";
    const struct {
        const char *vars, *why;
    } cases[] = {
        {"REMOTE_ADDR=10.1.2.3", ""},
        {"REMOTE_ADDR=::ffff:10.1.2.3\nHTTP_HOST=shop.example", ""},
        {"REMOTE_ADDR=fd12::9\nHTTP_HOST=shop.example", ""},
        {"REMOTE_ADDR=10.1.2.3\nHTTP_X_FORWARDED_FOR=1.2.3.4", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_HOST=shop.example", ""},
        {"REMOTE_ADDR=::1", ""},
        {"REMOTE_ADDR=127.0.0.1\nHTTP_X_FORWARDED_FOR=10.0.0.1", proxy},
        {"REMOTE_ADDR=::1\nHTTP_VIA=1.1", proxy},
        {"REMOTE_ADDR=127.0.0.2\nHTTP_HOST=localhost", no},
        {"REMOTE_ADDR=11.0.0.1", no},
        {"REMOTE_ADDR=0.0.0.0", unknown},
        {"REMOTE_ADDR=", unknown},
        {"HTTP_X_FORWARDED_FOR=10.0.0.1", unknown},
        {"REMOTE_ADDR=10.0.0.1\nREMOTE_ADDR=10.0.0.1",
         "REMOTE_ADDR or the Host is there twice"},
    };
    struct config c = make_config("profiler-allow=10.0.0.0/8, ::1,127.0.0.1, fd00::/8");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(ask(&c, cases[i].vars), cases[i].why);
    config_free(&c);
}

static void even_a_list_of_all_addresses_holds_no_unknown_one(void **state)
{
    (void)state;
    struct config c = make_config("profiler-allow=0.0.0.0/0, ::/0");
    assert_string_equal(ask(&c, "REMOTE_ADDR=1.2.3.4"), "");
    assert_true(*ask(&c, "REMOTE_ADDR=0.0.0.0"));
    assert_true(*ask(&c, "REMOTE_ADDR=::"));
    assert_true(*ask(&c, "REMOTE_ADDR="));
    assert_true(*ask(&c, "HTTP_HOST=localhost"));
    config_free(&c);
}

static void a_trusted_proxy_says_who_asks(void **state)
{
    (void)state;
    static const char *const no = "not in profiler-allow (10.1.0.0/16, 2001:db8::/32, "
                                  "127.0.0.1)";
    static const char *const none =
        "it is a trusted proxy, which sends no X-Forwarded-For";
    static const char *const twice = "the trusted proxy sends X-Forwarded-For twice";
    static const char *const bad =
        "the trusted proxy sends an X-Forwarded-For that is malformed";
    static const char *const trusted = "the X-Forwarded-For names only trusted proxies";
    static const char *const loopback =
        "a forwarding header is there, and the address is a loopback one";
    const struct {
        const char *address, *forwarded_for, *why;
    } cases[] = {
        {"192.0.2.1", "10.1.2.3", ""},
        {"192.0.2.1", "::ffff:10.1.2.3", ""},
        {"192.0.2.1", "2001:db8::7", ""},
        {"::ffff:192.0.2.1", "10.1.2.3", ""},
        {"192.0.2.1", "8.8.8.8, 10.1.2.3", ""},
        {"192.0.2.1", "8.8.8.8,10.1.2.3,192.0.2.9", ""},
        {"192.0.2.1", "  10.1.2.3\t", ""},
        {"192.0.2.1", "10.1.2.3, 192.0.2.9 , fd00::1", ""},
        {"fd00::5", "10.1.2.3", ""},
        {"192.0.2.1", "garbage, ,, 10.1.2.3", ""},
        {"192.0.2.1", "10.1.2.3, 8.8.8.8", no},
        {"192.0.2.1", "10.1.2.3, 8.8.8.8, 192.0.2.9", no},
        {"192.0.2.1", "8.8.8.8", no},
        {"192.0.2.1", NULL, none},
        {"192.0.2.1", "", bad},
        {"192.0.2.1", ",", bad},
        {"192.0.2.1", "10.1.2.3,", bad},
        {"192.0.2.1", ",192.0.2.9", bad},
        {"192.0.2.1", "10.1.2.3:8080", bad},
        {"192.0.2.1", "[2001:db8::7]", bad},
        {"192.0.2.1", "[2001:db8::7]:80", bad},
        {"192.0.2.1", "2001:db8::7%eth0", bad},
        {"192.0.2.1", "unknown", bad},
        {"192.0.2.1", "10.1.2.3 10.1.2.3", bad},
        {"192.0.2.1", "10.1.2.3;192.0.2.9", bad},
        {"192.0.2.1", "10.1.2.3, unknown, 192.0.2.9", bad},
        {"192.0.2.1", "\"10.1.2.3\"", bad},
        {"192.0.2.1", "10.1.2.03", bad},
        {"192.0.2.1", "0.0.0.0", bad},
        {"192.0.2.1", "::", bad},
        {"192.0.2.1", "192.0.2.1", trusted},
        {"192.0.2.1", "192.0.2.1, 192.0.2.9", trusted},
        {"192.0.2.1", "127.0.0.1", loopback},
        {"192.0.2.1", "10.1.2.3, 127.0.0.1", loopback},
        {"192.0.2.1", "::1", no},
        {"192.0.3.1", "10.1.2.3", no},
        {"10.1.9.9", "8.8.8.8", ""},
        {"10.1.9.9", "garbage", ""},
        {"127.0.0.1", "10.1.2.3", loopback},
        {"192.0.2.1", "10.1.2.3\nHTTP_X_FORWARDED_FOR=10.1.2.3", twice},
        {"192.0.2.1", "\nHTTP_X_FORWARDED_FOR=10.1.2.3", twice},
        {"10.1.9.9", "1.1.1.1\nHTTP_X_FORWARDED_FOR=2.2.2.2", ""},
        {"", "10.1.2.3", "the sender's address is not known"},
        {"0.0.0.0", "10.1.2.3", "the sender's address is not known"},
        {"unix:", "10.1.2.3", "the sender's address is not known"},
    };
    struct config c =
        make_config("profiler-allow=10.1.0.0/16, 2001:db8::/32, 127.0.0.1\n"
                    "profiler-trusted-proxies=192.0.2.0/24\n"
                    "profiler-trusted-proxies=fd00::/8");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf vars = {0};
        buf_printf(&vars, "REMOTE_ADDR=%s\n", cases[i].address);
        if (cases[i].forwarded_for)
            buf_printf(&vars, "HTTP_X_FORWARDED_FOR=%s\n", cases[i].forwarded_for);
        const char *why = ask(&c, buf_cstr(&vars));
        if (strcmp(why, cases[i].why))
            fail_msg("\"%s\" for %s", why, buf_cstr(&vars));
        buf_free(&vars);
    }
    config_free(&c);
}

static void the_log_names_the_client_behind_the_proxy(void **state)
{
    (void)state;
    struct config c = make_config(
        "profiler-allow=10.1.0.0/16\nprofiler-trusted-proxies=192.0.2.0/24");
    struct request r;
    struct sender s;
    struct denial denial;
    make_request(&r, "REMOTE_ADDR=192.0.2.1\n"
                     "HTTP_X_FORWARDED_FOR=10.1.2.3, 8.8.8.8, 192.0.2.2");
    sender_read(&s, &r.view);
    assert_false(sender_allowed(&s, &c, &denial));
    assert_str(denial.address, "8.8.8.8");
    assert_string_equal(denial.advice, "set profiler-key");
    make_request(&r, "REMOTE_ADDR=192.0.2.1\nHTTP_X_FORWARDED_FOR=8.8.8.8, x");
    sender_read(&s, &r.view);
    assert_false(sender_allowed(&s, &c, &denial));
    assert_str(denial.address, "192.0.2.1");
    assert_string_equal(denial.advice, "");
    config_free(&c);
}

static void a_proxy_on_this_machine_is_no_local_user(void **state)
{
    (void)state;
    static const char *const proxy = "not this machine: a forwarding header is there";
    struct config c = make_config("profiler-trusted-proxies=127.0.0.1");
    assert_string_equal(ask(&c, "REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\n"
                                "HTTP_X_FORWARDED_FOR=127.0.0.1"),
                        proxy);
    assert_string_equal(ask(&c, "REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost"), "");
    config_free(&c);
    c = make_config("profiler-trusted-proxies=127.0.0.1\nprofiler-allow=10.0.0.0/8");
    assert_string_equal(ask(&c, "REMOTE_ADDR=127.0.0.1\nHTTP_X_FORWARDED_FOR=10.0.0.1"),
                        "");
    assert_true(*ask(&c, "REMOTE_ADDR=127.0.0.1\nHTTP_X_FORWARDED_FOR=127.0.0.1"));
    config_free(&c);
}

static void an_endless_forwarded_for_is_read_within_its_bounds(void **state)
{
    (void)state;
    struct config c = make_config(
        "profiler-allow=10.1.0.0/16\nprofiler-trusted-proxies=192.0.2.0/24");
    for (int hops = 31; hops < 34; hops++) {
        struct buf vars = {0};
        buf_add_text(&vars, "REMOTE_ADDR=192.0.2.1\nHTTP_X_FORWARDED_FOR=10.1.2.3");
        for (int i = 0; i < hops; i++)
            buf_add_text(&vars, ",192.0.2.2");
        assert_int_equal(*ask(&c, buf_cstr(&vars)) == 0, hops < 32);
        buf_free(&vars);
    }
    for (const char *p = ",a .\xff"; *p; p++) {
        struct buf vars = {0};
        buf_add_text(&vars, "REMOTE_ADDR=192.0.2.1\nHTTP_X_FORWARDED_FOR=");
        buf_fill(&vars, *p, 100000);
        assert_true(*ask(&c, buf_cstr(&vars)));
        buf_free(&vars);
    }
    config_free(&c);
}

static void with_a_key_alone_the_address_does_not_matter(void **state)
{
    (void)state;
    struct config c = make_config("profiler-key=sesame-open-0123");
    assert_string_equal(ask(&c, "REMOTE_ADDR=8.8.8.8\nHTTP_HOST=shop.example"), "");
    assert_string_equal(ask(&c, ""), "");
    assert_string_equal(ask(&c, "REMOTE_ADDR=\nREMOTE_ADDR=x"), "");
    config_free(&c);
    c = make_config("profiler-key=sesame-open-0123\nprofiler-allow=10.0.0.0/8");
    assert_string_equal(ask(&c, "REMOTE_ADDR=10.1.2.3"), "");
    assert_true(*ask(&c, "REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost"));
    assert_true(*ask(&c, ""));
    config_free(&c);
}

static void prefetches_are_not_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *vars;
        bool unasked;
    } cases[] = {
        {"HTTP_UPGRADE=websocket", false}, /* navigation.h */
        {"HTTP_SEC_PURPOSE=prefetch", true},
        {"HTTP_SEC_PURPOSE=prefetch;prerender", true},
        {"HTTP_PURPOSE=prefetch", true},
        {"HTTP_X_MOZ=prefetch", true},
        {"HTTP_PURPOSE=preview", false},
        {"HTTP_PURPOSE=", false},
        {"HTTP_X_PURPOSE=prefetch", false},
        {"QUERY_STRING=prefetch", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request r;
        struct sender s;
        make_request(&r, cases[i].vars);
        sender_read(&s, &r.view);
        assert_int_equal(s.unasked, cases[i].unasked);
    }
}

static void variables_without_bytes_are_read(void **state)
{
    (void)state;
    struct sender s;
    const struct iovec vars[] = {
        {NULL, 0}, {NULL, 0}, {(void *)(uintptr_t) "REMOTE_ADDR", 11},
        {NULL, 0}, {NULL, 0},
    };
    struct request_view r = {.vars = vars, .var_count = 5};
    sender_read(&s, &r);
    assert_non_null(s.address.data);
    assert_int_equal(s.address.len, 0);
    assert_null(s.host.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_hosts_are_recognised),
        cmocka_unit_test(an_endless_host_is_no_loopback_one),
        cmocka_unit_test(without_a_list_this_machine_alone_is_obeyed),
        cmocka_unit_test(with_a_list_those_on_it_are_obeyed),
        cmocka_unit_test(even_a_list_of_all_addresses_holds_no_unknown_one),
        cmocka_unit_test(a_trusted_proxy_says_who_asks),
        cmocka_unit_test(the_log_names_the_client_behind_the_proxy),
        cmocka_unit_test(a_proxy_on_this_machine_is_no_local_user),
        cmocka_unit_test(an_endless_forwarded_for_is_read_within_its_bounds),
        cmocka_unit_test(with_a_key_alone_the_address_does_not_matter),
        cmocka_unit_test(prefetches_are_not_asked_for),
        cmocka_unit_test(variables_without_bytes_are_read),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
