#include "support.h"

#include "options/triggerspec.h"

static void names_are_kept_as_they_are_looked_up(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *name;
        enum trigger_kind kind;
    } cases[] = {
        {"query:profile", "profile", TRIGGER_QUERY},
        {"query:a%20b", "a%20b", TRIGGER_QUERY},
        {"query:\xc3\xa9", "\xc3\xa9", TRIGGER_QUERY},
        {"query:always", "always", TRIGGER_QUERY},
        {"query:a:b", "a:b", TRIGGER_QUERY},
        {"header:X-Profile", "HTTP_X_PROFILE", TRIGGER_HEADER},
        {"header:x_profile", "HTTP_X_PROFILE", TRIGGER_HEADER},
        {"header:P", "HTTP_P", TRIGGER_HEADER},
        {"header:a.b~1", "HTTP_A.B~1", TRIGGER_HEADER},
        {"header:Hosts", "HTTP_HOSTS", TRIGGER_HEADER},
        {"cookie:profile", "profile", TRIGGER_COOKIE},
        {"var:PROFILE", "PROFILE", TRIGGER_VAR},
        {"var:profile_1.a-b", "profile_1.a-b", TRIGGER_VAR},
        {"var:HTTPX", "HTTPX", TRIGGER_VAR},
        {"always", NULL, TRIGGER_ALWAYS},
        {"ratio:0.01", "0.01", TRIGGER_RATIO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct triggers t = {0};
        struct buf error = {0};
        assert_true(triggers_add(&t, str_from(cases[i].spec), &error));
        assert_int_equal(t.count, 1);
        assert_int_equal(t.items[0].kind, cases[i].kind);
        if (cases[i].name) {
            assert_string_equal(t.items[0].name, cases[i].name);
            assert_int_equal(t.items[0].name_len, strlen(cases[i].name));
        } else {
            assert_null(t.items[0].name);
        }
        assert_buf(&error, "");
        triggers_free(&t);
    }
}

static void what_could_never_be_sent_is_refused(void **state)
{
    (void)state;
    static const char *const specs[] = {
        "",
        "query",
        "query:",
        "query: profile",
        "query:a=b",
        "query:a&b",
        "query:a;b",
        "query:a,header:X-B",
        "query:a\x7f",
        "query:a\nb",
        "Query:profile",
        "header:",
        "header:X Profile",
        "header:X-Profile:",
        "header:X/Profile",
        "header:X-Profil\xc3\xa9",
        "header:Host",
        "header:COOKIE",
        "header:authorization",
        "header:Content-Type",
        "header:content_length",
        "cookie:",
        "cookie:a;b",
        "cookie:a=",
        "always:",
        "always ",
        "never",
        "var:",
        "var:a b",
        "var:a=b",
        "var:\xc3\xa9",
        "var:HTTP_X_PROFILE",
        "var:HTTP_",
        "var:QUERY_STRING",
        "var:REQUEST_URI",
        "var:PATH_INFO",
        "var:CONTENT_TYPE",
        "var:REMOTE_ADDR",
        "var:REMOTE_USER",
        "var:REQUEST_METHOD",
        "var:SERVER_NAME",
        "ratio",
        "ratio:",
        "ratio:0",
        "ratio:1.5",
        "ratio:1%",
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct triggers t = {0};
        struct buf error = {0};
        assert_false(triggers_add(&t, str_from(specs[i]), &error));
        assert_int_equal(t.count, 0);
        assert_int_equal(*buf_cstr(&error), '"');
        assert_null(strchr(buf_cstr(&error), '\n'));
        buf_free(&error);
    }
}

static void an_endless_name_is_refused(void **state)
{
    (void)state;
    struct triggers t = {0};
    struct buf spec = {0}, error = {0};
    buf_add_text(&spec, "header:");
    buf_fill(&spec, 'a', 100000);
    assert_false(triggers_add(&t, buf_str(&spec), &error));
    assert_non_null(strstr(buf_cstr(&error), "more than 200 bytes"));
    buf_free(&spec);
    buf_free(&error);
}

static void triggers_stand_in_the_order_in_which_they_are_asked(void **state)
{
    (void)state;
    struct triggers t = {0};
    struct buf error = {0};
    static const char *const given[] = {
        "ratio:0.1", "always",   "cookie:c", "query:q2",  "header:H2", "query:q1",
        "header:H1", "query:q2", "always",   "ratio:0.5", "var:V",     "cookie:c2"};
    static const char *const kept[] = {"HTTP_H2", "HTTP_H1", "q2", "q1",
                                       "c",       "c2",      "V"};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        assert_true(triggers_add(&t, str_from(given[i]), &error));
    assert_int_equal(t.count, 9);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(t.items[i].name, kept[i]);
    assert_int_equal(t.items[7].kind, TRIGGER_ALWAYS);
    assert_int_equal(t.items[8].kind, TRIGGER_RATIO);
    assert_int_equal(t.items[8].billionths, 500000000);
    triggers_free(&t);
    assert_int_equal(t.count, 0);
}

static bool add_two(void)
{
    struct triggers t = {0};
    struct buf error = {0};
    bool ok = triggers_add(&t, STR("query:q"), &error) &&
              triggers_add(&t, STR("header:H"), &error);
    assert_int_equal(error.len, 0);
    triggers_free(&t);
    return !ok;
}

static void running_out_of_memory_adds_nothing(void **state)
{
    (void)state;
    oom_sweep(add_two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_kept_as_they_are_looked_up),
        cmocka_unit_test(what_could_never_be_sent_is_refused),
        cmocka_unit_test(an_endless_name_is_refused),
        cmocka_unit_test(triggers_stand_in_the_order_in_which_they_are_asked),
        cmocka_unit_test(running_out_of_memory_adds_nothing),
    };
    return cmocka_run_group_tests_name("triggerspec", tests, NULL, NULL);
}
