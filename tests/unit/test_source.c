#include "sample.h"

#include "report/page/profile_json.h"
#include "report/page/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/profiler-source.XXXXXX";

static struct buf path_of(const char *name)
{
    struct buf path = {0};
    buf_printf(&path, "%s/%s", dir, name);
    return path;
}

static void write_file(const char *name, struct str text)
{
    struct buf path = path_of(name);
    FILE *f = fopen(buf_cstr(&path), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.data, 1, text.len, f), text.len);
    assert_int_equal(fclose(f), 0);
    buf_free(&path);
}

static void remove_file(const char *name)
{
    struct buf path = path_of(name);
    assert_int_equal(unlink(buf_cstr(&path)), 0);
    buf_free(&path);
}

struct asked {
    const char *file;
    int32_t line;
};

/* A sampled profile of these lines, the first with the most time. */
static struct profile *make_profile(const struct asked *asked, size_t count)
{
    struct profile *p = calloc(1, sizeof *p);
    assert_non_null(p);
    assert_true(calltree_init(&p->tree, 16));
    p->sampled.lines = calloc(count, sizeof *p->sampled.lines);
    assert_non_null(p->sampled.lines);
    for (size_t i = 0; i < count; i++) {
        struct buf file = {0};
        if (asked[i].file)
            buf_printf(&file, "%s/%s", dir, asked[i].file);
        p->sampled.lines[i] = (struct line_time){
            functab_intern(&p->functab, buf_str(&file), (int32_t)i, STR("f")),
            asked[i].line, count - i, count - i, 1};
        buf_free(&file);
    }
    p->sampled.line_count = (uint32_t)count;
    p->mode = MODE_SAMPLING;
    return p;
}

/* Compares the texts, as JSON strings separated by blanks. */
static void check(const struct asked *asked, size_t count, const char *expected)
{
    struct profile *p = make_profile(asked, count);
    struct strings strings = {0};
    struct buf found = {0};
    uint32_t *texts = calloc(count, sizeof *texts);
    struct sources sources = {p, &strings, texts, false};
    assert_true(source_add(&sources));
    for (size_t i = 0; i < count; i++) {
        size_t start = texts[i] ? strings.ends[texts[i] - 1] + 1 : 0;
        buf_add_text(&found, i ? " " : "");
        buf_add(&found, strings.json.data + start, strings.ends[texts[i]] - start);
    }
    assert_buf(&found, expected);
    strings_free(&strings);
    free(texts);
    profile_destroy(p);
}

#define CHECK(asked, expected) check(asked, sizeof(asked) / sizeof *(asked), expected)

static void the_text_is_found_by_file_and_line(void **state)
{
    (void)state;
    static const struct asked asked[] = {
        {"b.py", 2}, {"a.py", 3}, {"a.py", 1}, {"b.py", 1}, {"a.py", 2}, {"a.py", 3},
    };
    write_file("a.py", STR("def f():\n    return 1  \n\tx = \"<\""));
    write_file("b.py", STR("\n# two\n"));
    CHECK(asked, "\"# two\" \"\\u0009x = \\\"\\u003c\\\"\" \"def f():\" \"\" "
                 "\"    return 1\" \"\\u0009x = \\\"\\u003c\\\"\"");
    remove_file("a.py");
    remove_file("b.py");
}

static void lines_end_as_python_says(void **state)
{
    (void)state;
    static const struct asked asked[] = {
        {"e.py", 1}, {"e.py", 2}, {"e.py", 3}, {"e.py", 4}, {"e.py", 5}, {"e.py", 6},
    };
    write_file("e.py", STR("\xef\xbb\xbf"
                           "one\r\ntwo\rthree\r\r\nfive\f\r"));
    CHECK(asked, "\"one\" \"two\" \"three\" \"\" \"five\\u000c\" \"\"");
    remove_file("e.py");
}

static void where_there_is_no_text_it_is_empty(void **state)
{
    (void)state;
    static const struct asked asked[] = {
        {"missing.py", 1}, {"short.py", 2},   {"short.py", 0},
        {"short.py", -1},  {"empty.py", 1},   {"secret.txt", 1},
        {"x.html", 1},     {NULL, 1},         {"short.py", 1},
        {"dir.py", 1},     {"a/b/c/d.py", 1}, {"short.py", INT32_MAX},
    };
    struct buf path = path_of("dir.py");
    write_file("short.py", STR("one"));
    write_file("empty.py", STR(""));
    write_file("secret.txt", STR("root:x:0"));
    write_file("x.html", STR("<p>"));
    assert_int_equal(mkdir(buf_cstr(&path), 0700), 0);
    CHECK(asked, "\"\" \"\" \"\" \"\" \"\" \"\" \"\" \"\" \"one\" \"\" \"\" \"\"");
    rmdir(buf_cstr(&path));
    buf_free(&path);
    remove_file("short.py");
    remove_file("empty.py");
    remove_file("secret.txt");
    remove_file("x.html");
}

/* Opening a pipe would block the worker. */
static void only_regular_files_are_opened(void **state)
{
    (void)state;
    static const struct asked asked[] = {
        {"pipe.py", 1}, {"null.py", 1}, {"link.py", 1}};
    struct buf pipe = path_of("pipe.py"), null = path_of("null.py"),
               link = path_of("link.py"), target = path_of("target");
    write_file("target", STR("linked"));
    assert_int_equal(mkfifo(buf_cstr(&pipe), 0600), 0);
    assert_int_equal(symlink("/dev/zero", buf_cstr(&null)), 0);
    assert_int_equal(symlink(buf_cstr(&target), buf_cstr(&link)), 0);
    CHECK(asked, "\"\" \"\" \"linked\"");
    remove_file("pipe.py");
    remove_file("null.py");
    remove_file("link.py");
    remove_file("target");
    buf_free(&pipe);
    buf_free(&null);
    buf_free(&link);
    buf_free(&target);
}

static void a_name_with_a_nul_is_no_file(void **state)
{
    (void)state;
    struct strings strings = {0};
    uint32_t text = 7;
    static const struct asked asked[] = {{"n.py", 1}};
    struct profile *p = make_profile(asked, 1);
    struct buf name = path_of("n.py");
    write_file("n.py", STR("text"));
    buf_add(&name, "\0.py", 4);
    p->sampled.lines[0].func = functab_intern(&p->functab, buf_str(&name), 1, STR("g"));
    struct sources sources = {p, &strings, &text, false};
    assert_true(source_add(&sources));
    assert_int_equal(text, 0);
    assert_int_equal(strings.count, 1);
    strings_free(&strings);
    buf_free(&name);
    profile_destroy(p);
    remove_file("n.py");
}

static void bytes_that_are_not_utf8_are_escaped(void **state)
{
    (void)state;
    static const struct asked asked[] = {{"latin.py", 1}};
    write_file("latin.py", STR("# gr\xf6\xdf"
                               "e \xe2\x82\xac\n"));
    CHECK(asked, "\"# gr\\\\xf6\\\\xdfe \xe2\x82\xac\"");
    remove_file("latin.py");
}

static void long_lines_are_cut_between_characters(void **state)
{
    (void)state;
    static const struct asked asked[] = {{"long.py", 1}};
    for (unsigned before = 196; before <= 200; before++) {
        struct buf text = {0}, expected = {0};
        buf_fill(&text, 'x', before);
        buf_add_text(&text, "\xf0\x9f\x90\x8d");
        buf_fill(&text, 'y', 1000000);
        write_file("long.py", buf_str(&text));
        buf_add_char(&expected, '"');
        buf_fill(&expected, 'x', before);
        buf_add_text(&expected, before == 196 ? "\xf0\x9f\x90\x8d\"" : "\"");
        CHECK(asked, buf_cstr(&expected));
        buf_free(&text);
        buf_free(&expected);
    }
    remove_file("long.py");
}

static void files_that_are_too_large_are_not_read(void **state)
{
    (void)state;
    static const struct asked asked[] = {{"large.py", 1}};
    struct buf text = {0};
    buf_add_text(&text, "first\n");
    buf_fill(&text, '#', SOURCE_FILE_BYTES - text.len);
    write_file("large.py", buf_str(&text));
    CHECK(asked, "\"first\"");
    buf_add_char(&text, '#');
    write_file("large.py", buf_str(&text));
    CHECK(asked, "\"\"");
    buf_free(&text);
    remove_file("large.py");
}

static void the_lines_of_most_time_come_first(void **state)
{
    (void)state;
    enum { COUNT = SOURCE_LINES + 7 };
    static struct asked asked[COUNT];
    static uint32_t texts[COUNT];
    struct buf text = {0};
    struct strings strings = {0};
    for (int i = 0; i < COUNT; i++) {
        asked[i] = (struct asked){"many.py", COUNT - i};
        buf_printf(&text, "%d\n", i);
    }
    write_file("many.py", buf_str(&text));
    struct profile *p = make_profile(asked, COUNT);
    struct sources sources = {p, &strings, texts, false};
    assert_true(source_add(&sources));
    for (int i = 0; i < COUNT; i++)
        assert_true((texts[i] > 0) == (i < SOURCE_LINES));
    assert_int_equal(strings.count, SOURCE_LINES + 1);
    strings_free(&strings);
    profile_destroy(p);
    buf_free(&text);
    remove_file("many.py");
}

/* --------------------------------------------------------- in the report */

static const struct asked one[] = {{"one.py", 1}, {"gone.py", 1}};

static void check_report(bool source, enum profile_mode mode, const char *expected)
{
    const struct stats none = {0};
    struct buf b = {0};
    struct profile *p = make_profile(one, 2);
    const struct report_choice choice = {.limit = -1, .source = source};
    p->mode = mode;
    write_file("one.py", STR("print()\n"));
    assert_true(json_write(&(struct report){p, &none, &choice}, &b));
    assert_int_equal(!!strstr(buf_cstr(&b), "\"print()\""), !!expected);
    assert_int_equal(!!strstr(buf_cstr(&b), "\"text\":["), !!expected);
    assert_true(!expected || strstr(buf_cstr(&b), expected));
    buf_free(&b);
    profile_destroy(p);
    remove_file("one.py");
}

static void the_report_has_it_when_it_is_asked_for(void **state)
{
    (void)state;
    check_report(true, MODE_SAMPLING, "\"hits\":[1,1],\"text\":[5,1]}}");
    check_report(false, MODE_SAMPLING, NULL);
    check_report(true, MODE_DETERMINISTIC, NULL);
}

static struct profile *swept;

static bool write_one(void)
{
    const struct stats none = {0};
    struct buf b = {0};
    bool ok = json_write(REPORT_OF(swept, &none, LOG_TABLE), &b);
    buf_free(&b);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    swept = make_profile(one, 2);
    write_file("one.py", STR("print()\n"));
    oom_sweep(write_one);
    remove_file("one.py");
    profile_destroy(swept);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_found_by_file_and_line),
        cmocka_unit_test(lines_end_as_python_says),
        cmocka_unit_test(where_there_is_no_text_it_is_empty),
        cmocka_unit_test(only_regular_files_are_opened),
        cmocka_unit_test(a_name_with_a_nul_is_no_file),
        cmocka_unit_test(bytes_that_are_not_utf8_are_escaped),
        cmocka_unit_test(long_lines_are_cut_between_characters),
        cmocka_unit_test(files_that_are_too_large_are_not_read),
        cmocka_unit_test(the_lines_of_most_time_come_first),
        cmocka_unit_test(the_report_has_it_when_it_is_asked_for),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("source", tests, make_dir, remove_dir);
}
