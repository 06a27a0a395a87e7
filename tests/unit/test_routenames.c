#include "support.h"

#include "options/routenames.h"

#include <pthread.h>
#include <stdlib.h>

/* Rules from lines of "REGEX NAME", which must all be valid. */
static struct route_rules make_rules(const char *lines)
{
    struct route_rules rules = {0};
    struct buf error = {0};
    struct str rest = str_from(lines), line;
    while (rest.len && str_split(&rest, '\n', &line))
        if (!routenames_add(&rules, line, &error))
            fail_msg("%s", buf_cstr(&error));
    assert_buf(&error, "");
    return rules;
}

static void check(const char *lines, struct str path, const char *expected)
{
    struct route_rules rules = make_rules(lines);
    struct buf out = {0};
    buf_add_text(&out, "before ");
    assert_true(routename_write(&rules, path, &out));
    assert_memory_equal(out.data, "before ", 7);
    assert_str(((struct str){out.data + 7, out.len - 7}), expected);
    buf_free(&out);
    routenames_free(&rules);
}

static void by_default_numbers_and_ids_are_stars(void **state)
{
    (void)state;
    static const struct {
        const char *path, *name;
    } cases[] = {
        {"/orders/4711", "/orders/*"},
        {"/orders/4711/lines/2/", "/orders/*/lines/*/"},
        {"/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/u/*"},
        {"/u/3F2504E0-4F89-11D3-9A0C-0305E82C3301/x", "/u/*/x"},
        {"/u/3f2504e0-4f89-11d3-9a0c-0305e82c330",
         "/u/3f2504e0-4f89-11d3-9a0c-0305e82c330"},
        {"/u/3f2504e0-4f89-11d3-9a0c-0305e82c330g",
         "/u/3f2504e0-4f89-11d3-9a0c-0305e82c330g"},
        {"/u/3f2504e0+4f89-11d3-9a0c-0305e82c3301",
         "/u/3f2504e0+4f89-11d3-9a0c-0305e82c3301"},
        {"/c/deadbeef", "/c/*"},
        {"/c/DEADBEEF00", "/c/*"},
        {"/c/deadbee", "/c/deadbee"},
        {"/c/deadbeefg", "/c/deadbeefg"},
        {"/page-2", "/page-2"},
        {"/v1.5/-3/+4/1e5/0x10", "/v1.5/-3/+4/1e5/0x10"},
        {"/0/00", "/*/*"},
        {"/shop/index.html", "/shop/index.html"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("", str_from(cases[i].path), cases[i].name);
}

static void odd_paths_have_a_name(void **state)
{
    (void)state;
    static const struct {
        struct str path;
        const char *name;
    } cases[] = {
        {{NULL, 0}, "/"},
        {STR(""), "/"},
        {STR("/"), "/"},
        {STR("//"), "//"},
        {STR("//1//2"), "//*//*"},
        {STR("12/x"), "*/x"},
        {STR("*"), "*"},
        {STR("/\xff\xfe/7"), "/\xff\xfe/*"},
        {STR("/\xd9\xa3"), "/\xd9\xa3"}, /* a digit, but not of ASCII */
        {STR("/a b\t/1"), "/a b\t/*"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check("^/never/ never", cases[i].path, cases[i].name);
    struct route_rules none = {0};
    struct buf out = {0};
    assert_true(routename_write(&none, STR("/\0/1"), &out));
    assert_int_equal(out.len, 4);
    assert_memory_equal(out.data, "/\0/*", 4);
    buf_free(&out);
}

static void the_first_rule_that_matches_counts(void **state)
{
    (void)state;
    static const char rules[] = "^/orders/\\d+/pdf$ order-as-PDF\n"
                                "^/(orders|bills)/ /\\1/*\n"
                                "^/bills/ never-seen";
    check(rules, STR("/orders/1/pdf"), "order-as-PDF");
    check(rules, STR("/orders/1/pdfs"), "/orders/*");
    check(rules, STR("/bills/x"), "/bills/*");
    check(rules, STR("/shop/7"), "/shop/*");
    check("x anywhere", STR("/a/x/b"), "anywhere");
}

static void groups_of_the_match_go_into_the_name(void **state)
{
    (void)state;
    check("^/(\\w+)/(\\w+) \\2-of-\\1", STR("/shop/cart/9"), "cart-of-shop");
    check("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j) \\9\\1\\10", STR("/abcdefghij"), "iaa0");
    check("/(x)?y <\\1>", STR("/y"), "<>");
    check("/(x)?(y)? \\1\\2", STR("/1"), "/*"); /* empty: the default counts */
    check("/(x)?(y)? \\1\\2\n^/ root", STR("/1"), "root");
    check("/(?:a)(?<n>b) \\1", STR("/ab"), "b");
    check("^/a a\\\\1", STR("/a"), "a\\1");
    check("^(/.*)$ \\1", STR("/a b/\t"), "/a b/\t");
    check("^(/.*) \\1", STR("/a/\xff/1"), "/a/"); /* no character: not of the match */
    check("(?=(b))a? \\1", STR("/ab"), "b");
}

static void a_blank_ends_the_expression_unless_it_belongs_to_it(void **state)
{
    (void)state;
    check("^/a\t name ", STR("/a"), "name");
    check("^/a\\ b two", STR("/a b"), "two");
    check("^/a\\x20b two", STR("/a b"), "two");
    check("^/a[ _]b two", STR("/a b"), "two");
    check("^/a[^ /]b$ two", STR("/a-b"), "two");
    check("^/a[] x]b two", STR("/a b"), "two");
    check("^/a[^] x]b two", STR("/a-b"), "two");
    check("^/a[\\] ]b two", STR("/a b"), "two");
    check("^/a\\[ two", STR("/a["), "two");
    check("^/a\\\\ two", STR("/a\\"), "two");
    check("^/[[:alpha:]]+$ word", STR("/ab"), "word");
    check("^/a [x][y", STR("/a"), "[x][y");
}

static void a_rule_that_cannot_be_used_is_explained(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
    } cases[] = {
        {"^/orders/", "\"^/orders/\" has no name after the regular expression"},
        {"^/a\\ b", "\"^/a\\ b\" has no name after the regular expression"},
        {"^/a[ b", "\"^/a[ b\" has no name after the regular expression"},
        {"a\\", "\"a\\\" has no name after the regular expression"},
        {"^/(a b) x", "\"^/(a\" is not a regular expression: missing closing "
                      "parenthesis at offset 4 (\\x20 is a blank in it)"},
        {"^/(a) \\2", "\"\\2\" is a group that the expression does not have; it has 1"},
        {"^/a x\\1", "\"\\1\" is a group that the expression does not have; it has 0"},
        {"^/(a) \\0", "\"\\0\" has no meaning in a name; \\1 to \\9 are groups of the "
                      "expression, \\\\ is a backslash"},
        {"^/(a) b\\", "\"\\\" has no meaning in a name; \\1 to \\9 are groups of the "
                      "expression, \\\\ is a backslash"},
        {"^/(a) \\w", "\"\\w\" has no meaning in a name; \\1 to \\9 are groups of the "
                      "expression, \\\\ is a backslash"},
        {"^/a b /c", "\"b /c\" has a blank, which no name has; in the expression, "
                     "\\x20 is one"},
        {"^/a b\tc", "\"b\\x09c\" has a blank, which no name has; in the expression, "
                     "\\x20 is one"},
        {"^/a b\x01", "\"b\\x01\" is not a name: it must be text in UTF-8"},
        {"^/a \xff", "\"\\xff\" is not a name: it must be text in UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route_rules rules = {0};
        struct buf error = {0};
        assert_false(routenames_add(&rules, str_from(cases[i].value), &error));
        assert_buf(&error, cases[i].error);
        assert_int_equal(rules.count, 0);
        routenames_free(&rules);
    }
}

/* Both of the path and of a rule that repeats it. */
static void long_names_are_cut(void **state)
{
    (void)state;
    static const char *const lines[] = {"", "^(.*)$ \\1\\1\\1\\1\\1\\1\\1\\1\\1"};
    enum { LONG = 65536 };
    char *path = malloc(LONG);
    for (size_t i = 0; i < 2; i++) {
        struct route_rules rules = make_rules(lines[i]);
        struct buf out = {0};
        memset(path, 'x', LONG);
        path[0] = '/';
        assert_true(routename_write(&rules, (struct str){path, LONG}, &out));
        assert_int_equal(out.len, ROUTENAME_BYTES_MAX);
        assert_memory_equal(out.data, "/xxx", 4);
        assert_memory_equal(out.data + out.len - 4, "x...", 4);
        buf_free(&out);
        routenames_free(&rules);
    }
    free(path);
}

static void a_cut_splits_no_character(void **state)
{
    (void)state;
    const struct route_rules none = {0};
    for (size_t shift = 1; shift <= 4; shift++) {
        struct buf path = {0}, out = {0};
        buf_fill(&path, 'x', shift);
        for (int i = 0; i < 200; i++)
            buf_add_text(&path, "\xf0\x9f\x90\x8d");
        assert_true(routename_write(&none, buf_str(&path), &out));
        size_t kept = (ROUTENAME_BYTES_MAX - 3 - shift) / 4 * 4 + shift;
        assert_int_equal(out.len, kept + 3);
        assert_memory_equal(out.data, path.data, kept);
        assert_memory_equal(out.data + kept, "...", 3);
        buf_free(&path);
        buf_free(&out);
    }
}

static void a_name_of_the_greatest_length_is_whole(void **state)
{
    (void)state;
    const struct route_rules none = {0};
    struct buf path = {0}, out = {0};
    buf_fill(&path, 'x', ROUTENAME_BYTES_MAX);
    assert_true(routename_write(&none, buf_str(&path), &out));
    assert_true(str_equal(buf_str(&path), buf_str(&out)));
    buf_free(&path);
    buf_free(&out);
}

/* The next rule counts: the search of the first one ends at its limit. */
static void a_hostile_path_ends_as_no_match(void **state)
{
    (void)state;
    char path[4000];
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = 'b';
    struct route_rules rules = make_rules("^/(a+)+$ hostile\nb$ ends-in-b");
    struct buf out = {0};
    assert_true(routename_write(&rules, (struct str){path, sizeof path}, &out));
    assert_buf(&out, "ends-in-b");
    routenames_free(&rules);
}

static void *name_often(void *rules)
{
    uintptr_t right = 0;
    for (int i = 0; i < 2000; i++) {
        struct buf out = {0};
        routename_write(rules, STR("/shop/cart/1"), &out);
        routename_write(rules, STR("/other/1"), &out);
        right += str_equal(buf_str(&out), STR("cart-of-shop/other/*"));
        buf_free(&out);
    }
    return (void *)right;
}

static void many_threads_may_ask_at_once(void **state)
{
    (void)state;
    struct route_rules rules = make_rules("^/(shop)/(\\w+) \\2-of-\\1");
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, name_often, &rules), 0);
    for (size_t i = 0; i < 4; i++) {
        void *right;
        assert_int_equal(pthread_join(threads[i], &right), 0);
        assert_int_equal((uintptr_t)right, 2000);
    }
    routenames_free(&rules);
}

/* Out of memory, a search finds nothing: then the default is written. */
static bool add_and_write(void)
{
    struct route_rules rules = {0};
    struct buf error = {0}, out = {0};
    bool added = routenames_add(&rules, STR("^/(a)\\d name-\\1"), &error) &&
                 routenames_add(&rules, STR("^/b b"), &error);
    assert_true(added || !error.len || error.failed ||
                strstr(buf_cstr(&error), "memory"));
    bool ok = added && routename_write(&rules, STR("/a1"), &out);
    if (ok)
        assert_string_equal(buf_cstr(&out), "name-a");
    buf_free(&error);
    buf_free(&out);
    routenames_free(&rules);
    return !ok || oom_injected();
}

static void running_out_of_memory_leaks_nothing(void **state)
{
    (void)state;
    oom_sweep(add_and_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_numbers_and_ids_are_stars),
        cmocka_unit_test(odd_paths_have_a_name),
        cmocka_unit_test(the_first_rule_that_matches_counts),
        cmocka_unit_test(groups_of_the_match_go_into_the_name),
        cmocka_unit_test(a_blank_ends_the_expression_unless_it_belongs_to_it),
        cmocka_unit_test(a_rule_that_cannot_be_used_is_explained),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(a_cut_splits_no_character),
        cmocka_unit_test(a_name_of_the_greatest_length_is_whole),
        cmocka_unit_test(a_hostile_path_ends_as_no_match),
        cmocka_unit_test(many_threads_may_ask_at_once),
        cmocka_unit_test(running_out_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests_name("routenames", tests, NULL, NULL);
}
