#include "request.h"

#include "gate/redact.h"

#define NEXT "next=%2Fa%3Fprofile%3D"

static void assert_shown(const char *options, const char *query, const char *shown)
{
    struct config c = make_config(options);
    struct buf out = {0};
    redact_query(&c, str_from(query), &out);
    assert_buf(&out, shown);
    config_free(&c);
}

static void flags_are_left_out_and_the_rest_is_as_it_was(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"profile", ""},
        {"profile=", ""},
        {"profile=txt,exp=1,sig=00", ""},
        {"profile=key=secret", ""},
        {"a=1&profile=txt&b=2", "a=1&b=2"},
        {"profile&a", "a"},
        {"a&profile", "a"},
        {"profile=1&a=1&profile=2&profile", "a=1"},
        {"&&a=%20+&profile&", "&&a=%20+&"},
        {"profiles=1&xprofile=2&Profile=3", "profiles=1&xprofile=2&Profile=3"},
        {"a=profile=1;profile=2", "a=profile=1;profile=2"},
        {"%70rofile=1", "%70rofile=1"},
        {"key=1&sig=2&exp=3", "key=1&sig=2&exp=3"},
        {"a=%", "a=%"},
        {"a=100%25", "a=100%25"},
        {"\xff&a=\x01", "\xff&a=\x01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_shown("", cases[i][0], cases[i][1]);
}

static void the_names_are_those_of_the_query_triggers(void **state)
{
    (void)state;
    static const char *const two =
        "profiler-trigger=query:p\nprofiler-trigger=query:q\n"
        "profiler-trigger=cookie:c\nprofiler-trigger=always";
    assert_shown(two, "p=1&q=2&c=3&profile=4&pq", "c=3&profile=4&pq");
    assert_shown("profiler-trigger=header:P", "profile=1&HTTP_P=2",
                 "profile=1&HTTP_P=2");
}

static void a_flag_inside_a_value_goes_when_it_has_a_secret(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {NEXT "txt", NEXT "txt"},
        {NEXT "txt%2Csig%3D00", ""},
        {NEXT "txt%252Csig%253D00&a=1", "a=1"},
        {NEXT "txt%25252Csig%25253D00", ""},
        {"a=1&" NEXT "key%3Dsecret", "a=1"},
        {"next=/a?profile=txt,sig=00&a=1", "a=1"},
        {"next=/a?profile=txt,exp=00&a=1", "next=/a?profile=txt,exp=00&a=1"},
        {"next=/a?profile%3Dtxt%2Csig%3D00", ""},
        {"q=100%25", "q=100%25"},
        {"profile%3Dtxt%2Csig%3D00&a=1", "a=1"},
        {"profile%253Dkey%253Dsecret", ""},
        {"a%3D1&100%25", "a%3D1&100%25"},
        {"profile%3Dtxt=1&profile%3Dkey%3Dsecret=1", "profile%3Dtxt=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_shown("", cases[i][0], cases[i][1]);
}

static void only_the_query_of_a_url_is_looked_at(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"/", "/"},
        {"/a?b=1", "/a?b=1"},
        {"/a?", "/a?"},
        {"/a?profile", "/a"},
        {"/a?profile=txt,sig=00#top", "/a#top"},
        {"https://shop.example/a?b=1&profile=txt&c#?profile",
         "https://shop.example/a?b=1&c#?profile"},
        {"/profile=1", "/profile=1"},
        {"/#a?profile", "/#a?profile"},
        {"/login?" NEXT "x%2Csig%3D00", "/login"},
        {"/#/a?profile=txt,sig=00", "/"},
        {"/?a=1#" NEXT "key%3Dsecret", "/?a=1"},
        {"/#key%253Dsecret", "/"},
        {"/#a=100%25", "/#a=100%25"},
    };
    struct config c = make_config("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};
        redact_url(&c, str_from(cases[i][0]), &out);
        assert_buf(&out, cases[i][1]);
    }
    struct buf out = {0};
    redact_url(&c, (struct str){NULL, 0}, &out);
    redact_query(&c, (struct str){NULL, 0}, &out);
    assert_buf(&out, "");
    config_free(&c);
}

static struct config swept;

static bool redact_all(void)
{
    struct buf out = {0};
    redact_url(&swept, STR("/a?b=1&" NEXT "txt%2Csig%3D00&profile&c=%25"), &out);
    bool failed = out.failed;
    if (!failed)
        assert_str(buf_str(&out), "/a?b=1&c=%25");
    buf_free(&out);
    return failed;
}

static void running_out_of_memory_shows_nothing(void **state)
{
    (void)state;
    swept = make_config("");
    oom_sweep(redact_all);
    config_free(&swept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_left_out_and_the_rest_is_as_it_was),
        cmocka_unit_test(the_names_are_those_of_the_query_triggers),
        cmocka_unit_test(a_flag_inside_a_value_goes_when_it_has_a_secret),
        cmocka_unit_test(only_the_query_of_a_url_is_looked_at),
        cmocka_unit_test(running_out_of_memory_shows_nothing),
    };
    return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
