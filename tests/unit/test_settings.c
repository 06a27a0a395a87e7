#include "request.h"

#include "options/options.h"

/* Returns the error of an option, or of the whole configuration, or "". */
static const char *apply(struct config *c, const char *line, struct buf *error)
{
    struct str value = str_from(line), name;
    assert_true(options_init(c, &test_table));
    assert_true(str_split(&value, '=', &name));
    bool ok = options_set(c, name, value, error) && options_finish(c, error);
    assert_int_equal(ok, error->len == 0);
    return buf_cstr(error);
}

static void quotes_that_uwsgi_keeps_are_taken_off(void **state)
{
    (void)state;
    struct config c =
        make_config("profiler-sort-by=\"time, calls\"\nprofiler-dir='/tmp/x'\n"
                    "profiler-restrictions=\"10\"");
    assert_string_equal(c.dir, "/tmp/x");
    assert_int_equal(c.sort.count, 2);
    assert_int_equal(c.restrictions.items[0].kind, RESTRICT_PATTERN);
    config_free(&c);
}

static void a_value_that_cannot_be_used_is_explained_in_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"profiler-mode=samplng", "profiler-mode: \"samplng\" is not a mode; possible: "
                                  "deterministic, sampling"},
        {"profiler-mode=",
         "profiler-mode: the value is empty; possible: deterministic, sampling"},
        {"profiler-interval=1",
         "profiler-interval: \"1\" lacks a unit (us, ms, s); possible: 100us to 1s"},
        {"profiler-interval=99us",
         "profiler-interval: \"99us\" is too short; possible: 100us to 1s"},
        {"profiler-interval=1.1s",
         "profiler-interval: \"1.1s\" is too long; possible: 100us to 1s"},
        {"profiler-interval=fast",
         "profiler-interval: \"fast\" is not a duration; possible: 100us to 1s"},
        {"profiler-show=(",
         "profiler-show: \"(\" is not a regular expression: missing closing "
         "parenthesis at offset 1; possible: a regular expression searched in "
         "file:line(name), as /shop/"},
        {"profiler-hide=",
         "profiler-hide: the value is empty; possible: a regular expression searched "
         "in file:line(name), as /shop/"},
        {"profiler-trigger=chance:0.1",
         "profiler-trigger: \"chance:0.1\" is not a trigger; possible: query:NAME, "
         "header:NAME, cookie:NAME, var:NAME, always, ratio:0.01"},
        {"profiler-trigger=ratio:10",
         "profiler-trigger: \"ratio:10\" is not a ratio above 0 and at most 1; "
         "possible: query:NAME, header:NAME, cookie:NAME, var:NAME, always, "
         "ratio:0.01"},
        {"profiler-trigger=header:Host",
         "profiler-trigger: \"header:Host\" is a header with a meaning of its own, "
         "which "
         "cannot be a flag; possible: query:NAME, header:NAME, cookie:NAME, var:NAME, "
         "always, ratio:0.01"},
        {"profiler-path=(", "profiler-path: \"(\" is not a regular expression: missing "
                            "closing parenthesis at offset 1; possible: a regular "
                            "expression searched in the path, as ^/reports"},
        {"profiler-group=^/a",
         "profiler-group: \"^/a\" has no name after the regular expression; possible: "
         "REGEX NAME, as ^/orders/\\d+ /orders/*; \\1 to \\9 of the match in NAME"},
        {"profiler-group=^/a \\1",
         "profiler-group: \"\\1\" is a group that the expression does not have; it has "
         "0; possible: REGEX NAME, as ^/orders/\\d+ /orders/*; \\1 to \\9 of the match "
         "in NAME"},
        {"profiler-output=pages",
         "profiler-output: \"pages\" is not an output; possible: log, file, html"},
        {"profiler-output=log,,file",
         "profiler-output: \"\" is not an output; possible: log, file, html"},
        {"profiler-output=file", "profiler-output: \"file\" needs a directory; set "
                                 "profiler-dir, or leave file out"},
        {"profiler-stream=/a\tb", "profiler-stream: \"/a\\x09b\" holds a control "
                                  "character; possible: a file in a "
                                  "directory that exists, as /var/log/profile.log"},
        {"profiler-log-style=lines",
         "profiler-log-style: \"lines\" is not a log style; "
         "possible: table, line, json"},
        {"profiler-format=prof,htm",
         "profiler-format: \"htm\" is not a format; possible: prof, txt, html"},
        {"profiler-format= ",
         "profiler-format: the value is empty; possible: prof, txt, html"},
        {"profiler-dir=\"\"",
         "profiler-dir: the value is empty; possible: a directory whose parent "
         "exists, as /var/lib/profiles"},
        {"profiler-dir-mode=0600",
         "profiler-dir-mode: \"0600\" shuts out the owner, who "
         "needs 0700; possible: octal, 0700 to 0777"},
        {"profiler-file-mode=0400",
         "profiler-file-mode: \"0400\" shuts out the owner, who "
         "needs 0600; possible: octal, 0600 to 0777"},
        {"profiler-source=yes",
         "profiler-source: \"yes\" is not on or off; possible: on, off"},
        {"profiler-source=", "profiler-source: the value is empty; possible: on, off"},
        {"profiler-max-nodes=15",
         "profiler-max-nodes: \"15\" is too small; possible: 16 to 16777216"},
        {"profiler-max-nodes=16777217",
         "profiler-max-nodes: \"16777217\" is too large; possible: 16 to 16777216"},
        {"profiler-dir-max-files=many", "profiler-dir-max-files: \"many\" is not a "
                                        "whole number; possible: 0 (no limit) "
                                        "to 1000000"},
        {"profiler-dir-max-files=1000001",
         "profiler-dir-max-files: \"1000001\" is too large; possible: 0 (no limit) to "
         "1000000"},
        {"profiler-dir-max-bytes=1.5g",
         "profiler-dir-max-bytes: \"1.5g\" is not a number of bytes; possible: 0 (no "
         "limit) to 1024g, as 256m; units k, m, g"},
        {"profiler-dir-max-bytes=1025g",
         "profiler-dir-max-bytes: \"1025g\" is too large; possible: 0 (no limit) to "
         "1024g, as 256m; units k, m, g"},
        {"profiler-max-active=-1",
         "profiler-max-active: \"-1\" is not a whole number; possible: 1 to 65536"},
        {"profiler-key=",
         "profiler-key: the value is empty; possible: 1 to 128 visible "
         "ASCII characters other than , ; % and quotes, as openssl rand -hex 32 makes"},
        {"profiler-key=sesame, open",
         "profiler-key: a secret cannot hold the character at 7; possible: 1 to 128 "
         "visible ASCII characters other than , ; % and quotes, as openssl rand -hex "
         "32 makes"},
        {"profiler-key-file=", "profiler-key-file: the value is empty; possible: a "
                               "file that holds the secret "
                               "alone, as /etc/uwsgi/profiler.key"},
        {"profiler-trusted-proxies=proxy",
         "profiler-trusted-proxies: \"proxy\" is not an address; possible: 192.0.2.7, "
         "192.0.2.0/24, 2001:db8::7, 2001:db8::/32, separated by commas or blanks"},
        {"profiler-max-per-minute=many",
         "profiler-max-per-minute: \"many\" is not a whole "
         "number; possible: 0 (no limit) to 1000000000"},
        {"profiler-off-file=/a\tb",
         "profiler-off-file: \"/a\\x09b\" holds a control "
         "character; possible: a file, as /run/profiler.off"},
        {"profiler-pages=all", "\"profiler-pages\" is not an option of this profiler"},
        {"profiler-allwo=::1",
         "\"profiler-allwo\" is not an option of this profiler; did "
         "you mean profiler-allow?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c;
        struct buf error = {0};
        assert_string_equal(apply(&c, cases[i].line, &error), cases[i].error);
        buf_free(&error);
        config_free(&c);
    }
}

static void errors_of_other_modules_start_with_the_option(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"profiler-sort-by=totime",
         "profiler-sort-by: \"totime\" is not a key; did you "
         "mean \"tottime\"?"},
        {"profiler-restrictions=1.5", "profiler-restrictions: \"1.5\""},
        {"profiler-restrictions=[bad", "profiler-restrictions: \"[bad\""},
        {"profiler-allow=localhost", "profiler-allow: \"localhost\""},
        {"profiler-allow=10.0.0.1/8", "profiler-allow: \"10.0.0.1/8\""},
        {"profiler-filename-format=a/b", "profiler-filename-format: \"a/b\""},
        {"profiler-filename-format={x}", "profiler-filename-format: \"{x}\""},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct config c;
        struct buf error = {0};
        const char *text = apply(&c, lines[i][0], &error);
        assert_memory_equal(text, lines[i][1], strlen(lines[i][1]));
        assert_true(strlen(text) > strlen(lines[i][1]));
        buf_free(&error);
        config_free(&c);
    }
}

/* Sets every option to this value. An error must be one printable line that starts with
 * the option's name. */
static void try_everywhere(struct str value)
{
    for (size_t i = 0; i < options_count(); i++) {
        struct config c;
        struct buf error = {0};
        struct str name = str_from(options_name(i));
        assert_true(options_init(&c, &test_table));
        bool ok = options_set(&c, name, value, &error);
        assert_int_equal(ok, error.len == 0);
        assert_true(ok || str_starts(buf_str(&error), name));
        assert_true(error.len < 1000);
        for (size_t j = 0; j < error.len; j++)
            assert_in_range(error.data[j], ' ', '~');
        buf_free(&error);
        config_free(&c);
    }
}

static void hostile_values_cost_one_line(void **state)
{
    (void)state;
    static const char *const values[] = {
        "",   " ",    "\t \t", "\"\"",     "'",     ",",
        ",,", "\n",   "-1",    "-",        "%s%n",  "\xff\xfe",
        "[",  "((((", "{",     "{{{",      "}",     "99999999999999999999999",
        "::", "*",    "\\",    "{path:9}", "\x1b[", "{path:99999999999999999999}",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        try_everywhere(str_from(values[i]));
}

static void huge_values_cost_one_line(void **state)
{
    (void)state;
    for (const char *c = "a0,({\"\x80 ."; *c; c++) {
        struct buf value = {0};
        buf_fill(&value, *c, 100000);
        try_everywhere(buf_str(&value));
        buf_free(&value);
    }
}

static void empty_values_are_errors_for_every_option(void **state)
{
    (void)state;
    assert_true(options_count() > 20);
    for (size_t i = 0; i < options_count(); i++) {
        struct config c;
        struct buf error = {0}, help = {0};
        assert_true(options_init(&c, &test_table));
        assert_false(options_set(&c, str_from(options_name(i)), STR(" "), &error));
        assert_non_null(strstr(buf_cstr(&error), ": the value is empty; possible: "));
        options_help(i, &help);
        assert_true(strlen(buf_cstr(&help)) > 10);
        assert_null(strchr(buf_cstr(&help), '\n'));
        buf_free(&help);
        buf_free(&error);
        config_free(&c);
    }
}

static void a_wrong_value_leaves_what_was_there(void **state)
{
    (void)state;
    static const char *const lines[] = {"profiler-mode=x", "profiler-interval=2s",
                                        "profiler-interval=1"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct config c;
        struct buf error = {0};
        assert_true(*apply(&c, lines[i], &error));
        assert_int_equal(c.mode, MODE_DETERMINISTIC);
        assert_int_equal(c.interval_ns, 1000000);
        buf_free(&error);
        config_free(&c);
    }
}

static void paths_too_long_for_the_system_are_refused(void **state)
{
    (void)state;
    struct config c;
    struct buf error = {0}, value = {0};
    assert_true(options_init(&c, &test_table));
    buf_fill(&value, 'd', 4000);
    assert_false(options_set(&c, STR("profiler-dir"), buf_str(&value), &error));
    assert_non_null(strstr(buf_cstr(&error), "is longer than 3839 bytes"));
    assert_true(options_set(&c, STR("profiler-stream"), buf_str(&value), &error));
    buf_free(&error);
    buf_free(&value);
    config_free(&c);
}

static void a_long_list_of_networks_is_cut_where_it_is_shown(void **state)
{
    (void)state;
    struct config c;
    struct buf value = {0}, error = {0};
    assert_true(options_init(&c, &test_table));
    for (int i = 0; i < 100; i++)
        buf_printf(&value, "%s10.0.%d.1", i ? ",\t" : "", i);
    assert_true(options_set(&c, STR("profiler-allow"), buf_str(&value), &error));
    assert_int_equal(c.allow.count, 100);
    assert_int_equal(strlen(c.not_allowed),
                     strlen("not in profiler-allow (...)") + 200);
    assert_null(strchr(c.not_allowed, '\t'));
    buf_free(&value);
    buf_free(&error);
    config_free(&c);
}

/* One option of each kind: with a default, with two, with a default in words,
 * without. */
static void the_help_says_what_the_default_is(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"profiler-max-nodes", "most nodes of one call tree (default 65536)"},
        {"profiler-trigger", "(default query:profile, header:X-Profile)"},
        {"profiler-allow", "(default this machine only)"},
        {"profiler-dir", "directory of the per-request files"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf help = {0};
        size_t option = 0;
        while (strcmp(options_name(option), cases[i][0]))
            assert_true(++option < options_count());
        options_help(option, &help);
        const char *end = buf_cstr(&help) + help.len - strlen(cases[i][1]);
        assert_string_equal(end, cases[i][1]);
        buf_free(&help);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_that_uwsgi_keeps_are_taken_off),
        cmocka_unit_test(a_value_that_cannot_be_used_is_explained_in_one_line),
        cmocka_unit_test(errors_of_other_modules_start_with_the_option),
        cmocka_unit_test(hostile_values_cost_one_line),
        cmocka_unit_test(huge_values_cost_one_line),
        cmocka_unit_test(empty_values_are_errors_for_every_option),
        cmocka_unit_test(a_wrong_value_leaves_what_was_there),
        cmocka_unit_test(paths_too_long_for_the_system_are_refused),
        cmocka_unit_test(a_long_list_of_networks_is_cut_where_it_is_shown),
        cmocka_unit_test(the_help_says_what_the_default_is),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
