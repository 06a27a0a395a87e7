#include "support.h"

#include "options/filename.h"
#include "base/utf8.h"

#define DEFAULT "{method}.{path}.{elapsed:.0f}ms.{time:.0f}.prof"
#define FORMATS " is none of [[fill]align][0][width][.precision][d, f, s or x]"

static const struct filename_facts facts = {
    .method = {"GET", 3},
    .path = {"/shop/search", 12},
    .id = {"0123456789abcdef", 16},
    .mode = {"deterministic", 13},
    .elapsed_ms = 12.5,
    .time_s = 1754000000.25,
    .status = 404,
    .pid = 4711,
    .worker = 3,
};

/* Makes the name for these facts, or for this path. */
static void make(struct buf *name, struct str format, const struct filename_facts *of,
                 size_t reserve)
{
    struct filename_format f;
    struct buf error = {0};
    if (!filename_parse(&f, format, &error))
        fail_msg("%s", buf_cstr(&error));
    assert_buf(&error, "");
    filename_make(&f, of, reserve, name);
    filename_free(&f);
}

static void make_for_path(struct buf *name, const char *format, struct str path,
                          size_t reserve)
{
    struct filename_facts of = facts;
    of.path = path;
    make(name, str_from(format), &of, reserve);
}

/* Expected names are those of CPython 3.11's str.format(), without a final ".prof". */
static void formats_mean_what_they_mean_in_python(void **state)
{
    (void)state;
    const struct {
        const char *format, *name;
    } cases[] = {
        {DEFAULT, "GET.shop.search.12ms.1754000000"},
        {"{id}", "0123456789abcdef"},
        {"{id}.prof.prof", "0123456789abcdef.prof"},
        {"{id}.txt", "0123456789abcdef.txt"},
        {"{mode}-{status}-{pid}-{worker}", "deterministic-404-4711-3"},
        {"{elapsed}_{time}", "12.5_1754000000.25"},
        {"{elapsed:08.2f}|{status:6d}|{status:x}", "00012.50|   404|194"},
        {"{elapsed:.3}|{elapsed:<7}|{elapsed:*^9.1f}", "12.5|12.5   |**12.5***"},
        {"{status:<5}|{status:05}|{status:.1f}", "404  |00404|404.0"},
        {"{method:>5}|{method:_<5}|{method:^5}|{method:05}", "  GET|GET__| GET |GET00"},
        {"{path:.4}|{path:>13s}|{path:}", "shop|  shop.search|shop.search"},
        {"{{{method}}}", "{GET}"},
        {"{{path}}", "{path}"},
        {"\xc3\xa9{method:\xc3\xa9>4}", "\xc3\xa9\xc3\xa9GET"},
        {"a:b!c[d]", "a:b!c[d]"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf name = {0};
        make(&name, str_from(cases[i].format), &facts, 0);
        assert_buf(&name, cases[i].name);
    }
}

static void a_path_becomes_one_component(void **state)
{
    (void)state;
    const struct {
        struct str path;
        const char *name;
    } cases[] = {
        {{NULL, 0}, "root"},
        {STR(""), "root"},
        {STR("///"), "root"},
        {STR("/search"), "search"},
        {STR("//a//b/"), "a..b"},
        {STR("/../../etc/passwd"), "%2E.....etc.passwd"},
        {STR("/.git"), "%2Egit"},
        {STR("."), "%2E"},
        {STR(".."), "%2E."},
        {STR("/\xc3\xa9/\xe2\x82\xac"), "\xc3\xa9.\xe2\x82\xac"},
        {STR("/a\0b\n\x7f"), "a%00b%0A%7F"},
        {STR("\xff\xc3/\xed\xa0\x80"), "%FF%C3.%ED%A0%80"},
        {STR("a\xc2\x85z"), "a%C2%85z"},
        {STR("/100%/%41"), "100%.%41"},
        {STR("a\\b c"), "a\\b c"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf name = {0};
        make_for_path(&name, "{path}", cases[i].path, 0);
        assert_buf(&name, cases[i].name);
    }
}

static void what_is_no_path_is_made_safe_too(void **state)
{
    (void)state;
    struct filename_facts of = facts;
    of.method = STR("../\xff");
    struct buf name = {0};
    make(&name, STR("{method}.{path}"), &of, 0);
    assert_buf(&name, "%2E.%2F%FF.shop.search");
    make(&name, STR(".x\x01{method:\n>5}"), &facts, 0);
    assert_buf(&name, "%2Ex%01%0A%0AGET");
    make(&name, STR("{path:.0}.prof"), &facts, 0);
    assert_buf(&name, "profile");
}

static void a_long_path_is_cut_between_characters(void **state)
{
    (void)state;
    const struct {
        struct str part;
        const char *format;
        size_t len;
    } cases[] = {
        {STR("a"), "GET.{path}.ms.prof", 250},
        {STR("\xc3\xa9"), "GET.{path}.ms.prof", 249},     /* 4 + 242 + 3 */
        {STR("\xe2\x82\xac"), "GET.{path}.ms.prof", 250}, /* 4 + 243 + 3 */
        {STR("\xff"), "GET.{path}.ms.prof", 250},         /* 4 + 81 escapes + 3 */
        {STR("\xff"), "{path}", 249},
        {STR("\xff"), "x{path}", 250},
        {STR("\xff"), "xx{path}", 248},
        {STR("\xf0\x9f\x98\x80"), "{path}", 248},
        {STR("a"), "{path}.{path}", 249},
        {STR("a"), ".{path}", 250},
        {STR("a"), "{path:*>255}", 250},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf path = {0}, name = {0};
        while (path.len < 70000)
            buf_add_str(&path, cases[i].part);
        make_for_path(&name, cases[i].format, buf_str(&path), 5);
        assert_int_equal(name.len, cases[i].len);
        if (i < 4) {
            assert_memory_equal(name.data, "GET.", 4);
            assert_memory_equal(name.data + name.len - 3, ".ms", 3);
        }
        buf_free(&path);
        buf_free(&name);
    }
}

static void a_name_without_path_is_cut_at_its_end(void **state)
{
    (void)state;
    struct buf long_text = {0}, name = {0};
    struct filename_facts of = facts;
    while (long_text.len < 300)
        buf_add_text(&long_text, "\xff");
    of.method = buf_str(&long_text);
    make(&name, STR("{path}.{method}.{id}"), &of, 10);
    assert_int_equal(name.len, 243); /* 81 escapes; the path has no room */
    assert_memory_equal(name.data, "%2E%FF%FF", 9);
    buf_free(&long_text);
    buf_free(&name);
}

static void a_name_is_left_however_much_is_reserved(void **state)
{
    (void)state;
    const size_t reserves[] = {0, 238, 239, 240, 254, 255, 256, SIZE_MAX};
    for (size_t i = 0; i < sizeof(reserves) / sizeof(*reserves); i++) {
        struct buf name = {0};
        make_for_path(&name, DEFAULT, STR("/a/long/path/of/many/parts"), reserves[i]);
        assert_true(name.len >= 16 && name.len <= 255);
        buf_free(&name);
    }
}

static void assert_one_safe_component(struct str name, size_t limit)
{
    assert_true(name.len > 0 && name.len <= limit);
    assert_int_not_equal(name.data[0], '.');
    while (name.len) {
        uint32_t code = 0;
        size_t len = utf8_char(name, &code);
        assert_true(len > 0);
        assert_true(code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != '/');
        name.data += len;
        name.len -= len;
    }
}

static void any_bytes_make_one_safe_component(void **state)
{
    (void)state;
    static const char *const formats[] = {
        DEFAULT,
        "{path}",
        "{method}{path:.9}",
        ".{path:\n<9}{path:>200}",
        "{path:^255}{method:255}",
        "%{path}%{path}",
    };
    static const char bytes[] =
        "//..%%2EAa\0\n\x7f\xc3\xa9\xff\xf0\x9f\x98\x80\xc2\x85";
    uint32_t random = 12345;
    for (size_t round = 0; round < 3000; round++) {
        struct buf text = {0}, name = {0};
        size_t len = round % 400;
        for (size_t i = 0; i < len; i++) {
            random = random * 1664525u + 1013904223u;
            buf_add_char(&text, bytes[(random >> 16) % (sizeof(bytes) - 1)]);
        }
        struct filename_facts of = facts;
        of.path = buf_str(&text);
        of.method = (struct str){text.data, text.len / 2};
        const char *format = formats[round % (sizeof(formats) / sizeof(*formats))];
        make(&name, str_from(format), &of, round % 200);
        assert_one_safe_component(buf_str(&name), 255 - round % 200);
        buf_free(&text);
        buf_free(&name);
    }
}

static void errors_say_what_is_wrong_and_what_is_possible(void **state)
{
    (void)state;
    const char *fields =
        " is not a field; fields: {method} {path} {elapsed} {time} {id} "
        "{mode} {status} {pid} {worker}";
    const struct {
        struct str format;
        const char *quoted, *what;
    } cases[] = {
        {STR(""), "\"\"", " names no file; possible: {method}.{path}.{id}.prof"},
        {STR(".prof"), "\"\"", " names no file; possible: {method}.{path}.{id}.prof"},
        {STR("{user}.prof"), "\"{user}\"", fields},
        {STR("{}"), "\"{}\"", fields},
        {STR("{0}"), "\"{0}\"", fields},
        {STR("{ path}"), "\"{ path}\"", fields},
        {STR("{path!r}"), "\"{path!r}\"", fields},
        {STR("{path.x}"), "\"{path.x}\"", fields},
        {STR("{\xff}"), "\"{\\xff}\"", fields},
        {STR("x{elapsed:d}"), "\"{elapsed:d}\"",
         " has a bad format: the type of this number, a float, can only be f"},
        {STR("{status:s}"), "\"{status:s}\"",
         " has a bad format: the type of an integer can only be d, f or x"},
        {STR("{path:300}"), "\"{path:300}\"",
         " has a bad format: its width is above 255"},
        {STR("{time:%Y}"), "\"{time:%Y}\"", " has a bad format: \"%Y\"" FORMATS},
        {STR("a.{path"), "\"{path\"",
         " has no closing brace; {{ stands for a plain one"},
        {STR("{path:{pid}}"), "\"{path:{pid}}\"",
         " has no closing brace; {{ stands for a plain one"},
        {STR("{"), "\"{\"", " has no closing brace; {{ stands for a plain one"},
        {STR("a}b"), "\"}b\"", " has a single brace; }} stands for a plain one"},
        {STR("{path}}"), "\"}\"", " has a single brace; }} stands for a plain one"},
        {STR("a\0b"), "\"a\\x00b\"", " holds a byte 0; possible is text with {fields}"},
        {STR("{path}/{id}"), "\"{path}/{id}\"",
         " holds a \"/\"; possible is one name inside profiler-dir; in {path}, each "
         "\"/\" becomes \".\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct filename_format f;
        struct buf error = {0}, expected = {0};
        assert_false(filename_parse(&f, cases[i].format, &error));
        assert_null(f.fields);
        buf_printf(&expected, "%s%s", cases[i].quoted, cases[i].what);
        assert_string_equal(buf_cstr(&error), buf_cstr(&expected));
        buf_free(&error);
        buf_free(&expected);
        filename_free(&f);
    }
}

static bool parse_and_make(void)
{
    static char path[400];
    memset(path, 'a', sizeof(path));
    struct filename_facts of = facts;
    of.path = (struct str){path, sizeof(path)};
    struct filename_format f;
    struct buf error = {0}, name = {0};
    bool ok = filename_parse(&f, STR("{{{status}" DEFAULT), &error);
    if (ok) {
        filename_make(&f, &of, 5, &name);
        ok = !name.failed;
    }
    filename_free(&f);
    buf_free(&error);
    buf_free(&name);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(parse_and_make);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_mean_what_they_mean_in_python),
        cmocka_unit_test(a_path_becomes_one_component),
        cmocka_unit_test(what_is_no_path_is_made_safe_too),
        cmocka_unit_test(a_long_path_is_cut_between_characters),
        cmocka_unit_test(a_name_without_path_is_cut_at_its_end),
        cmocka_unit_test(a_name_is_left_however_much_is_reserved),
        cmocka_unit_test(any_bytes_make_one_safe_component),
        cmocka_unit_test(errors_say_what_is_wrong_and_what_is_possible),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("filename", tests, NULL, NULL);
}
