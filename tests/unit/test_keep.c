#include "request.h"

#include "options/keep.h"

#define MS UINT64_C(1000000)

static bool wants(const char *options, uint64_t wall_ns, int status, bool exception)
{
    struct config c = make_config(options);
    const struct keep_facts facts = {wall_ns, status, exception};
    bool wanted = keep_wants(&c.keep, &facts);
    config_free(&c);
    return wanted;
}

static void all_is_kept_unless_a_rule_is_set(void **state)
{
    (void)state;
    assert_true(wants("", 0, 0, false));
    assert_true(wants("profiler-keep=all", 0, 0, false));
    assert_true(wants("profiler-keep=exception\nprofiler-keep=all", 0, 0, false));
    assert_false(wants("profiler-keep=exception", 0, 200, false));
}

static void a_slow_request_is_one_of_that_length_or_longer(void **state)
{
    (void)state;
    const char *const rule = "profiler-keep=slower:500ms";
    assert_false(wants(rule, 500 * MS - 1, 500, true));
    assert_true(wants(rule, 500 * MS, 200, false));
    assert_true(wants(rule, 86400000 * MS, 0, false));
    const char *const two = "profiler-keep=slower:2s\nprofiler-keep=slower:1.5s";
    assert_false(wants(two, 1499 * MS, 200, false));
    assert_true(wants(two, 1500 * MS, 200, false));
}

static void a_status_is_one_or_a_class(void **state)
{
    (void)state;
    const char *const rules = "profiler-keep=status:5xx\nprofiler-keep=status:404";
    static const struct {
        int status;
        bool wanted;
    } cases[] = {{0, false},   {200, false}, {403, false},  {404, true},
                 {405, false}, {499, false}, {500, true},   {503, true},
                 {599, true},  {600, false}, {999, false},  {64, false},
                 {20, false},  {-1, false},  {1000, false}, {1024, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(wants(rules, 60000 * MS, cases[i].status, true),
                         cases[i].wanted);
    assert_true(wants("profiler-keep=status:999", 0, 999, false));
    assert_true(wants("profiler-keep=status:9xx", 0, 999, false));
    assert_true(wants("profiler-keep=status:100", 0, 100, false));
}

static void any_rule_may_match(void **state)
{
    (void)state;
    const char *const rules =
        "profiler-keep=slower:1s\nprofiler-keep=exception\nprofiler-keep=status:4xx";
    assert_true(wants(rules, 1000 * MS, 200, false));
    assert_true(wants(rules, 0, 200, true));
    assert_true(wants(rules, 0, 451, false));
    assert_false(wants(rules, 999 * MS, 500, false));
}

static void what_is_no_rule_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
    } cases[] = {
        {"slow", "\"slow\" is not a rule (one each: repeat the option for more)"},
        {"slower:1s, exception",
         "\"slower:1s, exception\" is not a rule: \"1s, exception\" is not a duration"},
        {"slower:", "\"slower:\" is not a rule: \"\" is not a duration"},
        {"slower:500", "\"slower:500\" is not a rule: \"500\" lacks a unit"},
        {"slower:0ms", "\"slower:0ms\" is not a rule: \"0ms\" is too short"},
        {"slower:2d", "\"slower:2d\" is not a rule: \"2d\" "},
        {"status:", "\"status:\" is not a rule: \"\" is not a whole number"},
        {"status:xx", "\"status:xx\" is not a rule: \"xx\" is not a whole number"},
        {"status:0xx", "\"status:0xx\" is not a rule: "},
        {"status:50x", "\"status:50x\" is not a rule: "},
        {"status:99", "\"status:99\" is not a rule: \"99\" is too small"},
        {"status:1000", "\"status:1000\" is not a rule: \"1000\" is too large"},
        {"status:5XX", "\"status:5XX\" is not a rule: "},
        {"All", "\"All\" is not a rule"},
        {"exceptions", "\"exceptions\" is not a rule"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = make_config("");
        struct buf error = {0}, start = {0};
        assert_false(
            options_set(&c, STR("profiler-keep"), str_from(cases[i].value), &error));
        buf_printf(&start, "profiler-keep: %s", cases[i].error);
        if (!str_starts(buf_str(&error), buf_str(&start)))
            fail_msg("%s", buf_cstr(&error));
        assert_non_null(strstr(buf_cstr(&error), "; possible: " KEEP_RULES));
        buf_free(&start);
        buf_free(&error);
        config_free(&c);
    }
}

static void rules_are_described_as_options_name_them(void **state)
{
    (void)state;
    static const struct {
        const char *options, *text;
    } cases[] = {
        {"", "all"},
        {"profiler-keep=exception\nprofiler-keep=slower:1.5s\n"
         "profiler-keep=status:404\nprofiler-keep=status:5xx\nprofiler-keep=status:503",
         "slower:1.5s, status:5xx, status:404, exception"},
        {"profiler-keep=exception", "exception"},
        {"profiler-keep=status:999", "status:999"},
        {"profiler-keep=status:401\nprofiler-keep=status:402\n"
         "profiler-keep=status:403\nprofiler-keep=status:404\n"
         "profiler-keep=status:405\nprofiler-keep=status:406\n"
         "profiler-keep=status:407\nprofiler-keep=status:408\n"
         "profiler-keep=status:409\nprofiler-keep=status:410",
         "status:401, status:402, status:403, status:404, status:405, status:406, "
         "status:407, status:408 and 2 more"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = make_config(cases[i].options);
        struct buf text = {0};
        buf_add_text(&text, "kept: ");
        keep_describe(&c.keep, &text);
        assert_string_equal(buf_cstr(&text) + strlen("kept: "), cases[i].text);
        buf_free(&text);
        config_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_kept_unless_a_rule_is_set),
        cmocka_unit_test(a_slow_request_is_one_of_that_length_or_longer),
        cmocka_unit_test(a_status_is_one_or_a_class),
        cmocka_unit_test(any_rule_may_match),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(rules_are_described_as_options_name_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
