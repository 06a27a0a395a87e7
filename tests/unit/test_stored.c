#include "support.h"

#include "browse/stored.h"
#include "report/formats.h"
#include "store/dir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void the_longest_ending_counts(void **state)
{
    (void)state;
    static const struct {
        const char *name, *format; /* NULL: of no format */
    } cases[] = {
        {"x.json", "json"},
        {"x.speedscope.json", "speedscope"},
        {"x.prof", "prof"},
        {"x.pb.gz", "pprof"},
        {"x.html", "html"},
        {"x.prof.txt", "txt"},
        {"x.json.prof", "prof"},
        {"x.speedscope.json.json", "json"},
        {".json", NULL},
        {"x.JSON", NULL},
        {"x.gz", NULL},
        {"xjson", NULL},
        {"x", NULL},
        {"", NULL},
        {".speedscope.json", "json"},
        {"x.json ", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < report_formats.count; k++) {
            const struct format *format = &report_formats.formats[k];
            bool is = cases[i].format && !strcmp(cases[i].format, format->name);
            if (stored_has_format(str_from(cases[i].name), format, &report_formats) !=
                is)
                fail_msg("%s: %s", cases[i].name, format->name);
        }
}

static char place[] = "/tmp/profiler-stored-XXXXXX";

static const char *open_one(const char *name, struct stored *s)
{
    int dir = dir_open(place);
    assert_true(dir >= 0);
    const char *why = stored_open(dir, name, s);
    close(dir);
    return why;
}

static void a_report_of_another_profile_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool may_be;
    } cases[] = {
        {"{\"v\":1,\"meta\":{\"id\":\"0123456789abcdef\",\"method\"", true},
        {"{\"v\":1,\"meta\":{\"id\":\"0123456789abcdee\",\"method\"", false},
        {"{\"v\":1,\"meta\":{\"id\":\"0123456789abcde", true}, /* half of a file */
        {"{\"v\": 1, \"meta\": {\"id\": \"0000000000000000\"", true}, /* not ours */
        {"{\"v\":1,\"meta\":{\"id\":\"0123456789ABCDEF\",\"method\"", true}, /* no id */
        {"", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *file = tmpfile();
        assert_non_null(file);
        fputs(cases[i].text, file);
        assert_int_equal(fflush(file), 0);
        struct stored s = {.fd = fileno(file)};
        if (stored_may_be_of(&s, STR("0123456789abcdef")) != cases[i].may_be)
            fail_msg("%s", cases[i].text);
        fclose(file);
    }
}

static void only_regular_files_are_opened(void **state)
{
    (void)state;
    struct stored s;
    int dir = open(place, O_RDONLY | O_DIRECTORY);
    assert_true(dir >= 0);
    assert_true(dir_write_new(dir, "file", 0600, STR("content")));
    assert_true(dir_write_new(dir, "empty", 0600, STR("")));
    assert_int_equal(linkat(dir, "file", dir, "second", 0), 0);
    assert_int_equal(symlinkat("file", dir, "link"), 0);
    assert_int_equal(symlinkat("none", dir, "dangling"), 0);
    assert_int_equal(symlinkat(".", dir, "here"), 0);
    assert_int_equal(mkdirat(dir, "directory", 0700), 0);
    assert_int_equal(mkfifoat(dir, "pipe", 0600), 0);
    close(dir);
    assert_null(open_one("file", &s));
    assert_int_equal(s.size, 7);
    assert_int_equal(fcntl(s.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    close(s.fd);
    assert_null(open_one("empty", &s));
    assert_int_equal(s.size, 0);
    close(s.fd);
    assert_null(open_one("second", &s)); /* a file may have two names */
    close(s.fd);
    assert_string_equal(open_one("link", &s), "is a link, which is not followed");
    assert_string_equal(open_one("dangling", &s), "is a link, which is not followed");
    assert_string_equal(open_one("here", &s), "is a link, which is not followed");
    assert_string_equal(open_one("none", &s), "is not there any more");
    assert_string_equal(open_one("directory", &s), "is not a regular file");
    assert_string_equal(open_one("pipe", &s), "is not a regular file");
}

static int make_place(void **state)
{
    (void)state;
    return mkdtemp(place) ? 0 : -1;
}

static int remove_place(void **state)
{
    (void)state;
    remove_tree(place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_ending_counts),
        cmocka_unit_test(a_report_of_another_profile_is_known),
        cmocka_unit_test(only_regular_files_are_opened),
    };
    return cmocka_run_group_tests_name("stored", tests, make_place, remove_place);
}
