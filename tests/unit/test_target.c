#include "support.h"

#include "browse/target.h"
#include "report/formats.h"

static void a_path_is_matched_with_its_mount(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *mount, *path, *below; /* NULL: not below it */
    } cases[] = {
        {"/p", "", "/p", ""},
        {"/p", "", "/p/", "/"},
        {"/p", "", "/p/x/y", "/x/y"},
        {"/p", "", "/px", NULL},
        {"/p", "", "/", NULL},
        {"/p", "", "", NULL},
        {"/p", "", "p/", NULL},
        {"/p", "", "/P/", NULL},
        {"/p", "/p", "", ""},
        {"/p", "/p", "/", "/"},
        {"/p", "/p", "/x", "/x"},
        {"/p", "/p", "x", NULL},
        {"/p", "/a", "/p/", NULL},
        {"/a/p", "/a", "/p/x", "/x"},
        {"/a/p", "/a", "/p", ""},
        {"/a/p", "/b", "/p", NULL},
        {"/a/p", "", "/a/p/", "/"},
        {"/p", "/p/merge", "", "/merge"},
        {"/p", "/p/merge", "/x", "/?"},
        {"/p", "/p/", "merge", "/?"},
        {"/p", "/px", "/", NULL},
        {"/p", "/q/", "/", NULL},
        {"", "", "", ""},
        {"", "", "/", "/"},
        {"", "", "/x", "/x"},
        {"", "", "*", NULL},
        {"", "/a", "", "/a"},
        {"", "/a", "/", "/?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str below = {NULL, 0};
        bool is_below =
            target_is_below(str_from(cases[i].prefix), str_from(cases[i].mount),
                            str_from(cases[i].path), &below);
        if (is_below != (cases[i].below != NULL) ||
            (is_below && !str_equal(below, str_from(cases[i].below))))
            fail_msg("%s, %s: %.*s", cases[i].mount, cases[i].path, (int)below.len,
                     below.data);
    }
}

#define ID "0123456789abcdef"

static void only_ids_and_a_few_names_are_pages(void **state)
{
    (void)state;
    static const struct {
        const char *below;
        enum target_kind kind;
        const char *format;
    } cases[] = {
        {"", TARGET_BARE, NULL},
        {"/", TARGET_LIST, NULL},
        {"/index.json", TARGET_INDEX, NULL},
        {"/flag.json", TARGET_FLAG, NULL},
        {"/merge", TARGET_MERGE, NULL},
        {"/compare", TARGET_COMPARE, NULL},
        {"/" ID, TARGET_PROFILE, NULL},
        {"/" ID ".json", TARGET_FILE, "json"},
        {"/" ID ".prof", TARGET_FILE, "prof"},
        {"/" ID ".html", TARGET_FILE, "html"},
        {"/" ID ".txt", TARGET_FILE, "txt"},
        {"/" ID ".folded", TARGET_FILE, "folded"},
        {"/" ID ".pb.gz", TARGET_FILE, "pprof"},
        {"/" ID ".speedscope.json", TARGET_FILE, "speedscope"},
        {"/" ID ".", TARGET_UNKNOWN, NULL},
        {"/" ID ".JSON", TARGET_UNKNOWN, NULL},
        {"/" ID ".json/", TARGET_UNKNOWN, NULL},
        {"/" ID ".jsonx", TARGET_UNKNOWN, NULL},
        {"/" ID "json", TARGET_UNKNOWN, NULL},
        {"/" ID "/", TARGET_UNKNOWN, NULL},
        {"/" ID "0", TARGET_UNKNOWN, NULL},
        {"/0123456789abcde", TARGET_UNKNOWN, NULL},
        {"/0123456789ABCDEF", TARGET_UNKNOWN, NULL},
        {"/0123456789abcdeg", TARGET_UNKNOWN, NULL},
        {"/0123456789abcde.json", TARGET_UNKNOWN, NULL},
        {"//", TARGET_UNKNOWN, NULL},
        {"/merge/", TARGET_UNKNOWN, NULL},
        {"/index.jsonl", TARGET_UNKNOWN, NULL},
        {"/../" ID, TARGET_UNKNOWN, NULL},
        {"/?", TARGET_UNKNOWN, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct target t = target_parse(str_from(cases[i].below), &report_formats);
        if (t.kind != cases[i].kind)
            fail_msg("%s is %d", cases[i].below, (int)t.kind);
        if (t.kind == TARGET_FILE)
            assert_string_equal(t.format->name, cases[i].format);
        if (t.kind == TARGET_FILE || t.kind == TARGET_PROFILE)
            assert_true(str_equal(t.id, STR(ID)));
    }
}

static void a_byte_of_zero_is_no_end(void **state)
{
    (void)state;
    assert_int_equal(target_parse(STR("/\0"), &report_formats).kind, TARGET_UNKNOWN);
    assert_int_equal(target_parse(STR("/" ID "\0"), &report_formats).kind,
                     TARGET_UNKNOWN);
    assert_int_equal(target_parse(STR("/" ID ".json\0"), &report_formats).kind,
                     TARGET_UNKNOWN);
}

static void a_request_may_have_no_path(void **state)
{
    (void)state;
    const struct str none = {NULL, 0};
    struct str below;
    assert_true(target_is_below(STR(""), none, none, &below));
    assert_int_equal(target_parse(below, &report_formats).kind, TARGET_BARE);
    assert_false(target_is_below(STR("/p"), none, none, &below));
    assert_true(target_is_below(STR("/p"), STR("/p"), none, &below));
    assert_int_equal(target_parse(below, &report_formats).kind, TARGET_BARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_matched_with_its_mount),
        cmocka_unit_test(only_ids_and_a_few_names_are_pages),
        cmocka_unit_test(a_request_may_have_no_path),
        cmocka_unit_test(a_byte_of_zero_is_no_end),
    };
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
