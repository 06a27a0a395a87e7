#include "request.h"

#include "gate/navigation.h"

#define LOCAL "REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost\n"
#define BROWSER                                                                        \
    "HTTP_ACCEPT=text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\n"

struct navigation_case {
    const char *vars;
    bool expected;
};

static void only_what_a_browser_shows_as_a_page_is_one(void **state)
{
    (void)state;
    static const struct navigation_case cases[] = {
        {"REQUEST_METHOD=GET\n" BROWSER, true},
        {"REQUEST_METHOD=HEAD\n" BROWSER, true},
        {"REQUEST_METHOD=POST\n" BROWSER, true},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=TEXT/HTML", true},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=a/b, text/html ;q=0.1", true},
        {"REQUEST_METHOD=GET\n" BROWSER "HTTP_SEC_FETCH_DEST=document", true},
        {"REQUEST_METHOD=GET\n" BROWSER "HTTP_SEC_FETCH_DEST=iframe", true},
        {"REQUEST_METHOD=PUT\n" BROWSER, false},
        {"REQUEST_METHOD=OPTIONS\n" BROWSER, false},
        {"REQUEST_METHOD=get\n" BROWSER, false},
        {BROWSER, false},
        {"REQUEST_METHOD=GET", false},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=", false},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=*/*", false},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=application/json", false},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=text/html5,xtext/html", false},
        {"REQUEST_METHOD=GET\nHTTP_ACCEPT=image/png;text/html", false},
        {"REQUEST_METHOD=GET\n" BROWSER "HTTP_SEC_FETCH_DEST=empty", false},
        {"REQUEST_METHOD=GET\n" BROWSER "HTTP_SEC_FETCH_DEST=script", false},
        {"REQUEST_METHOD=GET\n" BROWSER "HTTP_SEC_FETCH_DEST=", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request r;
        make_request(&r, cases[i].vars);
        if (request_is_navigation(&r.view) != cases[i].expected)
            fail_msg("%s", cases[i].vars);
    }
}

static void only_an_offer_of_websocket_is_an_upgrade(void **state)
{
    (void)state;
    static const struct navigation_case cases[] = {
        {"HTTP_UPGRADE=websocket", true},
        {"HTTP_UPGRADE=WebSocket\nHTTP_CONNECTION=keep-alive, Upgrade", true},
        {"HTTP_UPGRADE=WEBSOCKET\nHTTP_CONNECTION=close", true},
        {"HTTP_UPGRADE=websocket/13", true},
        {"HTTP_UPGRADE=h2c,\twebsocket , foo", true},
        {"HTTP_UPGRADE=", false},
        {"HTTP_UPGRADE=,", false},
        {"HTTP_UPGRADE=h2c\nHTTP_CONNECTION=Upgrade, HTTP2-Settings", false},
        {"HTTP_UPGRADE=TLS/1.2", false},
        {"HTTP_UPGRADE=websockets", false},
        {"HTTP_UPGRADE=xwebsocket", false},
        {"HTTP_UPGRADE=foo/websocket", false},
        {"HTTP_UPGRADE=foo websocket", false},
        {"HTTP_CONNECTION=Upgrade", false},
        {"HTTP_UPGRADE_INSECURE_REQUESTS=1", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request r;
        make_request(&r, cases[i].vars);
        if (request_is_upgrade(&r.view) != cases[i].expected)
            fail_msg("%s", cases[i].vars);
    }
}

static struct decision decide(const char *options, const char *vars)
{
    struct config c = make_config(options);
    struct request r;
    struct decision d;
    make_request(&r, vars);
    trigger_decide(&d, &c, &r.view);
    config_free(&c);
    assert_int_equal(d.verdict, VERDICT_PROFILE);
    return d;
}

static const char *answer(const char *options, const char *vars)
{
    struct decision d = decide(options, vars);
    assert_int_equal(d.flag.page_implied,
                     d.flag.choice.answer &&
                         !strcmp(d.flag.choice.answer->name, "html"));
    return d.flag.choice.answer ? d.flag.choice.answer->name : "the app's";
}

static void a_flag_in_the_query_shows_a_browser_the_page(void **state)
{
    (void)state;
    const char *page = LOCAL "REQUEST_METHOD=GET\n" BROWSER "QUERY_STRING=profile";
    assert_string_equal(answer("", page), "html");
    assert_string_equal(answer("profiler-output=log,html", page), "html");
    assert_string_equal(answer("profiler-output=log", page), "the app's");
    assert_string_equal(
        answer("", LOCAL "REQUEST_METHOD=GET\n" BROWSER "QUERY_STRING=profile=txt"),
        "txt");
    assert_string_equal(
        answer("", LOCAL "REQUEST_METHOD=GET\n" BROWSER "QUERY_STRING=profile=log"),
        "the app's");
    assert_string_equal(answer("", LOCAL "REQUEST_METHOD=GET\nQUERY_STRING=profile"),
                        "the app's");
    assert_string_equal(
        answer("", LOCAL "REQUEST_METHOD=GET\n" BROWSER "HTTP_X_PROFILE=1"),
        "the app's");
    assert_string_equal(answer("profiler-trigger=cookie:profile", LOCAL
                               "REQUEST_METHOD=GET\n" BROWSER "HTTP_COOKIE=profile=1"),
                        "the app's");
    assert_string_equal(
        answer("profiler-trigger=always", LOCAL "REQUEST_METHOD=GET\n" BROWSER),
        "the app's");
}

static void a_flag_that_names_the_page_gets_it_anywhere(void **state)
{
    (void)state;
    struct decision d = decide("", LOCAL "HTTP_X_PROFILE=html");
    assert_string_equal(d.flag.choice.answer->name, "html");
    assert_false(d.flag.page_implied);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_a_browser_shows_as_a_page_is_one),
        cmocka_unit_test(only_an_offer_of_websocket_is_an_upgrade),
        cmocka_unit_test(a_flag_in_the_query_shows_a_browser_the_page),
        cmocka_unit_test(a_flag_that_names_the_page_gets_it_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
