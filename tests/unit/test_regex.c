#include "support.h"

#include "base/regex.h"

#include <pthread.h>
#include <stdlib.h>

static struct regex *compile(struct str pattern)
{
    struct buf error = {0};
    struct regex *r = regex_compile(pattern, &error);
    if (!r)
        fail_msg("%s", buf_cstr(&error));
    assert_buf(&error, "");
    return r;
}

static void a_pattern_is_searched_anywhere(void **state)
{
    (void)state;
    const struct {
        struct str pattern, subject;
        bool found;
    } cases[] = {
        {STR("foo"), STR("a foo b"), true},
        {STR("foo"), STR("a Foo b"), false},
        {STR("^/api/"), STR("/api/users"), true},
        {STR("^/api/"), STR("/v2/api/"), false},
        {STR(""), STR(""), true},
        {{NULL, 0}, {NULL, 0}, true},
        {STR("a"), {NULL, 0}, false},
        {STR("end$"), STR("the end"), true},
        {STR("a.b"), STR("a\0b"), true},
        {STR("a\0b"), STR("xa\0b"), true},
        {STR("^.$"), STR("\xc3\xa9"), true},
        {STR("^\\w$"), STR("\xc3\xa9"), true},
        {STR("(?i)\xc3\x89"), STR("\xc3\xa9"), true},
        {STR("(?P<n>.)(?P=n)"), STR("abb"), true},
        {STR("b$"), STR("\xff\xfe/b"), true},
        {STR("."), STR("\xff"), false},
        {STR("built-in method.*len>"), STR("{<built-in method builtins.len>}"), true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct regex *r = compile(cases[i].pattern);
        assert_int_equal(regex_search(r, cases[i].subject), cases[i].found);
        regex_free(r);
    }
}

/* Returns the number at the end of the message. */
static size_t offset_in(struct buf *error)
{
    const char *last = strrchr(buf_cstr(error), ' ');
    char *end;
    assert_non_null(last);
    size_t offset = strtoul(last + 1, &end, 10);
    assert_true(end > last + 1 && *end == '\0');
    return offset;
}

/* Where versions of PCRE2 differ, the position is only one in the pattern. */
static void a_bad_pattern_is_explained(void **state)
{
    (void)state;
    const struct {
        struct str pattern;
        const char *position;
    } cases[] = {
        {STR("[bad"), " at offset 4"},   {STR("a(b"), " at offset 3"},
        {STR("*"), " at offset "},       {STR("a)"), " at offset "},
        {STR("\xff"), " at offset 0"},   {STR("\\C"), " at offset 2"},
        {STR("(?<=a*)"), " at offset "}, {STR("(?P<n"), " at offset 5"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf error = {0};
        assert_null(regex_compile(cases[i].pattern, &error));
        assert_non_null(strstr(buf_cstr(&error), cases[i].position));
        assert_true(offset_in(&error) <= cases[i].pattern.len);
        assert_null(strchr(buf_cstr(&error), '\n'));
        buf_free(&error);
    }
}

static void a_hostile_pattern_ends_as_no_match(void **state)
{
    (void)state;
    char text[4000];
    memset(text, 'a', sizeof(text));
    struct regex *r = compile(STR("^(a+)+$"));
    text[sizeof(text) - 1] = 'b';
    assert_false(regex_search(r, (struct str){text, sizeof(text)}));
    assert_true(regex_search(r, (struct str){text, 3}));
    regex_free(r);
}

static void deep_patterns_do_not_need_a_deep_stack(void **state)
{
    (void)state;
    static char text[20000];
    memset(text, 'a', sizeof(text));
    struct regex *r = compile(STR("^(?:(a)|b)*$"));
    assert_true(regex_search(r, (struct str){text, sizeof(text)}));
    regex_free(r);

    static char nested[100000];
    memset(nested, '(', sizeof(nested));
    struct buf error = {0};
    assert_null(regex_compile((struct str){nested, sizeof(nested)}, &error));
    assert_true(error.len > 0);
    buf_free(&error);
}

static void *search_often(void *argument)
{
    const struct regex *r = argument;
    uintptr_t found = 0;
    for (int i = 0; i < 5000; i++) {
        found += regex_search(r, STR("some text with 12345 in it"));
        found += regex_search(r, STR("some text without"));
    }
    return (void *)found;
}

static void many_threads_may_search_at_once(void **state)
{
    (void)state;
    struct regex *r = compile(STR("([0-9]+)( in)"));
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, search_often, r), 0);
    for (size_t i = 0; i < 4; i++) {
        void *found;
        assert_int_equal(pthread_join(threads[i], &found), 0);
        assert_int_equal((uintptr_t)found, 5000);
    }
    regex_free(r);
}

static bool compile_and_search(void)
{
    struct buf error = {0};
    struct regex *r = regex_compile(STR("a+b"), &error);
    bool failed = !r;
    if (r)
        assert_true(regex_search(r, STR("xaab")));
    regex_free(r);
    buf_free(&error);
    return failed;
}

static void running_out_of_memory_is_an_error(void **state)
{
    (void)state;
    oom_sweep(compile_and_search);
    regex_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_searched_anywhere),
        cmocka_unit_test(a_bad_pattern_is_explained),
        cmocka_unit_test(a_hostile_pattern_ends_as_no_match),
        cmocka_unit_test(deep_patterns_do_not_need_a_deep_stack),
        cmocka_unit_test(many_threads_may_search_at_once),
        cmocka_unit_test(running_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
