#include "support.h"

#include "../../plugin/core/config.h"

static const struct format formats[] = {{.name = "prof"}, {.name = "txt"}};
static const struct format_table table = {formats, 2};

/* Several options, one a line: "profiler-dir=/tmp". The first error, or "". */
static const char *apply(struct config *c, const char *lines, struct buf *error)
{
    struct str rest = str_from(lines), line;
    bool ok = config_init(c, &table);
    assert_true(ok);
    while (ok && *lines && str_split(&rest, '\n', &line)) {
        struct str value = line, name;
        assert_true(str_split(&value, '=', &name));
        ok = config_set(c, name, value, error);
    }
    if (ok)
        ok = config_finish(c, error);
    assert_int_equal(ok, error->len == 0);
    return buf_cstr(error);
}

/* A configuration of these options, which are all right. */
static struct config make(const char *lines)
{
    struct config c;
    struct buf error = {0};
    assert_string_equal(apply(&c, lines, &error), "");
    buf_free(&error);
    return c;
}

static void the_defaults_are_those_of_the_manual(void **state)
{
    (void)state;
    struct config c = make("");
    assert_int_equal(c.mode, MODE_DETERMINISTIC);
    assert_int_equal(c.trigger_count, 2);
    assert_int_equal(c.triggers[0].kind, TRIGGER_HEADER);
    assert_string_equal(c.triggers[0].name, "HTTP_X_PROFILE");
    assert_int_equal(c.triggers[1].kind, TRIGGER_QUERY);
    assert_string_equal(c.triggers[1].name, "profile");
    assert_int_equal(c.path.count + c.skip.count, 0);
    assert_int_equal(c.outputs, OUTPUT_LOG);
    assert_null(c.stream);
    assert_int_equal(c.log_style, LOG_TABLE);
    assert_int_equal(c.log_style_always, LOG_LINE);
    assert_int_equal(c.sort.count, 2);
    assert_int_equal(c.sort.keys[0], SORT_TIME);
    assert_int_equal(c.sort.keys[1], SORT_CALLS);
    assert_int_equal(c.restrictions.count, 1);
    assert_int_equal(c.restrictions.items[0].count, 40);
    assert_null(c.dir);
    assert_int_equal(c.dir_mode, 0700);
    assert_int_equal(c.file_mode, 0600);
    assert_int_equal(c.file_count, 1);
    assert_ptr_equal(c.files[0], &formats[0]);
    assert_int_equal(c.allow.count, 0);
    assert_int_equal(c.max_nodes, 65536);
    assert_int_equal(c.max_active, 4);
    config_free(&c);
}

static void the_default_file_name_is_werkzeugs(void **state)
{
    (void)state;
    struct config c = make("");
    struct buf name = {0};
    struct filename_facts facts = {.method = STR("GET"),
                                   .path = STR("/a/b"),
                                   .elapsed_ms = 12.4,
                                   .time_s = 1700000000.2};
    filename_make(&c.filename, &facts, 10, &name);
    assert_buf(&name, "GET.a.b.12ms.1700000000");
    config_free(&c);
}

static void triggers_replace_the_default_and_add_up(void **state)
{
    (void)state;
    struct config c = make("profiler-trigger=query:debug\nprofiler-trigger=always\n"
                           "profiler-trigger=header:X-Debug");
    assert_int_equal(c.trigger_count, 3);
    assert_string_equal(c.triggers[0].name, "HTTP_X_DEBUG");
    assert_string_equal(c.triggers[1].name, "debug");
    assert_int_equal(c.triggers[2].kind, TRIGGER_ALWAYS);
    config_free(&c);
}

static void patterns_add_up(void **state)
{
    (void)state;
    struct config c =
        make("profiler-path=^/a\nprofiler-path=^/b\nprofiler-skip=\\.css$");
    assert_int_equal(c.path.count, 2);
    assert_true(regex_search(c.path.items[1], STR("/b")));
    assert_int_equal(c.skip.count, 1);
    assert_true(regex_search(c.skip.items[0], STR("/x.css")));
    config_free(&c);
}

static void files_are_written_by_default_once_there_is_a_directory(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        unsigned outputs;
    } cases[] = {
        {"profiler-dir=/tmp", OUTPUT_LOG | OUTPUT_FILE},
        {"profiler-dir=/tmp\nprofiler-output=log", OUTPUT_LOG},
        {"profiler-output=file\nprofiler-dir=/tmp", OUTPUT_FILE},
        {"profiler-dir=/tmp\nprofiler-output= file ,log,file",
         OUTPUT_LOG | OUTPUT_FILE},
        {"profiler-format=txt", OUTPUT_LOG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = make(cases[i].lines);
        assert_int_equal(c.outputs, cases[i].outputs);
        config_free(&c);
    }
}

static void what_is_always_profiled_takes_one_line_of_the_servers_log(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        enum log_style flagged, always;
    } cases[] = {
        {"", LOG_TABLE, LOG_LINE},
        {"profiler-log-style=table", LOG_TABLE, LOG_TABLE},
        {"profiler-log-style=line", LOG_LINE, LOG_LINE},
        {"profiler-stream=/tmp/log", LOG_TABLE, LOG_TABLE},
        {"profiler-stream=/tmp/log\nprofiler-log-style=line", LOG_LINE, LOG_LINE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = make(cases[i].lines);
        assert_int_equal(c.log_style, cases[i].flagged);
        assert_int_equal(c.log_style_always, cases[i].always);
        config_free(&c);
    }
}

static void of_an_option_given_twice_the_last_wins(void **state)
{
    (void)state;
    struct config c = make("profiler-dir=/a\nprofiler-dir=\"/b c\"\n"
                           "profiler-stream=/a\nprofiler-stream=relative\n"
                           "profiler-sort-by=calls\nprofiler-sort-by=cumulative\n"
                           "profiler-restrictions=10, foo\nprofiler-restrictions=none\n"
                           "profiler-allow=10.0.0.0/8\nprofiler-allow=10.1.2.3, ::1\n"
                           "profiler-filename-format=a\nprofiler-filename-format=b\n"
                           "profiler-format=txt\nprofiler-format=prof,txt,prof\n"
                           "profiler-output=file\nprofiler-output=log\n"
                           "profiler-dir-mode=0777\nprofiler-dir-mode=750\n"
                           "profiler-file-mode=0777\nprofiler-file-mode=0640\n"
                           "profiler-max-nodes=17\nprofiler-max-nodes=16777216\n"
                           "profiler-max-active=2\nprofiler-max-active=65536\n"
                           "profiler-mode=deterministic\nprofiler-mode=deterministic");
    assert_string_equal(c.dir, "/b c");
    assert_string_equal(c.stream, "relative");
    assert_int_equal(c.sort.count, 1);
    assert_int_equal(c.sort.keys[0], SORT_CUMULATIVE);
    assert_int_equal(c.restrictions.count, 0);
    assert_int_equal(c.allow.count, 2);
    assert_string_equal(c.not_allowed, "not in profiler-allow (10.1.2.3, ::1)");
    assert_int_equal(c.file_count, 2);
    assert_ptr_equal(c.files[1], &formats[1]);
    assert_int_equal(c.outputs, OUTPUT_LOG);
    assert_int_equal(c.dir_mode, 0750);
    assert_int_equal(c.file_mode, 0640);
    assert_int_equal(c.max_nodes, 16777216);
    assert_int_equal(c.max_active, 65536);
    config_free(&c);
}

static void quotes_that_uwsgi_keeps_are_taken_off(void **state)
{
    (void)state;
    struct config c = make("profiler-sort-by=\"time, calls\"\nprofiler-dir='/tmp/x'\n"
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
        {"profiler-mode=sampling",
         "profiler-mode: \"sampling\" is not a mode; possible: deterministic"},
        {"profiler-mode=",
         "profiler-mode: the value is empty; possible: deterministic"},
        {"profiler-trigger=ratio:0.1",
         "profiler-trigger: \"ratio:0.1\" is not a trigger; possible: query:NAME, "
         "header:NAME, cookie:NAME, always"},
        {"profiler-trigger=header:Host",
         "profiler-trigger: \"header:Host\" is a header with a meaning of its own, "
         "which "
         "cannot be a flag; possible: query:NAME, header:NAME, cookie:NAME, always"},
        {"profiler-path=(", "profiler-path: \"(\" is not a regular expression: missing "
                            "closing parenthesis at offset 1; possible: a regular "
                            "expression searched in the path, as ^/reports"},
        {"profiler-output=html",
         "profiler-output: \"html\" is not an output; possible: log, file"},
        {"profiler-output=log,,file",
         "profiler-output: \"\" is not an output; possible: log, file"},
        {"profiler-output=file", "profiler-output: \"file\" needs a directory; set "
                                 "profiler-dir, or leave file out"},
        {"profiler-stream=/a\tb", "profiler-stream: \"/a\\x09b\" holds a control "
                                  "character; possible: a file, as "
                                  "/var/log/profile.log"},
        {"profiler-log-style=json",
         "profiler-log-style: \"json\" is not a log style; possible: table, line"},
        {"profiler-format=prof,html",
         "profiler-format: \"html\" is not a format; possible: prof, txt"},
        {"profiler-format= ",
         "profiler-format: the value is empty; possible: prof, txt"},
        {"profiler-dir=\"\"",
         "profiler-dir: the value is empty; possible: a directory, as "
         "/var/lib/profiles"},
        {"profiler-dir-mode=0600",
         "profiler-dir-mode: \"0600\" shuts out the owner, who "
         "needs 0700; possible: octal, 0700 to 0777"},
        {"profiler-file-mode=0400",
         "profiler-file-mode: \"0400\" shuts out the owner, who "
         "needs 0600; possible: octal, 0600 to 0777"},
        {"profiler-max-nodes=15",
         "profiler-max-nodes: \"15\" is too small; possible: 16 to 16777216"},
        {"profiler-max-nodes=16777217",
         "profiler-max-nodes: \"16777217\" is too large; possible: 16 to 16777216"},
        {"profiler-max-active=-1",
         "profiler-max-active: \"-1\" is not a whole number; possible: 1 to 65536"},
        {"profiler-interval=1ms",
         "\"profiler-interval\" is not an option of this profiler"},
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

/* Every option with this value: whatever it does with it, an error is one printable
 * line that starts with the option's name. */
static void try_everywhere(struct str value)
{
    size_t count;
    const struct config_option *options = config_options(&count);
    for (size_t i = 0; i < count; i++) {
        struct config c;
        struct buf error = {0};
        struct str name = str_from(options[i].name);
        assert_true(config_init(&c, &table));
        bool ok = config_set(&c, name, value, &error);
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
    size_t count;
    const struct config_option *options = config_options(&count);
    assert_int_equal(count, 17);
    for (size_t i = 0; i < count; i++) {
        struct config c;
        struct buf error = {0};
        assert_true(config_init(&c, &table));
        assert_false(config_set(&c, str_from(options[i].name), STR(" "), &error));
        assert_non_null(strstr(buf_cstr(&error), ": the value is empty; possible: "));
        assert_true(strlen(options[i].help) > 10);
        assert_null(strchr(options[i].help, '\n'));
        buf_free(&error);
        config_free(&c);
    }
}

static void paths_too_long_for_the_system_are_refused(void **state)
{
    (void)state;
    struct config c;
    struct buf error = {0}, value = {0};
    assert_true(config_init(&c, &table));
    buf_fill(&value, 'd', 4000);
    assert_false(config_set(&c, STR("profiler-dir"), buf_str(&value), &error));
    assert_non_null(strstr(buf_cstr(&error), "is longer than 3839 bytes"));
    assert_true(config_set(&c, STR("profiler-stream"), buf_str(&value), &error));
    buf_free(&error);
    buf_free(&value);
    config_free(&c);
}

static void mistyped_options_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *meant;
    } cases[] = {
        {"profiler-allwo", "profiler-allow"},
        {"profiler-allow", "profiler-allow"},
        {"profiler-sortby", "profiler-sort-by"},
        {"profiler-restriction", "profiler-restrictions"},
        {"profiler-max_nodes", "profiler-max-nodes"},
        {"profiler-filemode", "profiler-file-mode"},
        {"profiler-mod", "profiler-mode"},
        {"profile-dir", "profiler-dir"},
        {"profiler-", NULL},
        {"profiler", NULL},
        {"", NULL},
        {"profiler-key", NULL},
        {"profiler-interval", NULL},
        {"profiler-max-time", NULL},
        {"profiler-keep", NULL},
        {"profiler-something-that-is-much-longer-than-any-option-there-is", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *similar = config_similar_option(str_from(cases[i].typed));
        if (cases[i].meant) {
            assert_non_null(similar);
            assert_string_equal(similar, cases[i].meant);
        } else {
            assert_null(similar);
        }
    }
}

static void the_choice_is_what_the_configuration_says(void **state)
{
    (void)state;
    struct config c = make("profiler-dir=/tmp\nprofiler-format=txt,prof\n"
                           "profiler-log-style=line\nprofiler-sort-by=name");
    struct report_choice choice = config_choice(&c);
    assert_int_equal(choice.outputs, OUTPUT_LOG | OUTPUT_FILE);
    assert_int_equal(choice.log_style, LOG_LINE);
    assert_int_equal(choice.sort.keys[0], SORT_NAME);
    assert_ptr_equal(choice.restrictions, &c.restrictions);
    assert_true(choice.limit < 0);
    assert_null(choice.answer);
    assert_ptr_equal(choice.files, c.files);
    assert_int_equal(choice.file_count, 2);
    config_free(&c);
}

static void a_long_list_of_networks_is_cut_where_it_is_shown(void **state)
{
    (void)state;
    struct config c;
    struct buf value = {0}, error = {0};
    assert_true(config_init(&c, &table));
    for (int i = 0; i < 100; i++)
        buf_printf(&value, "%s10.0.%d.1", i ? ",\t" : "", i);
    assert_true(config_set(&c, STR("profiler-allow"), buf_str(&value), &error));
    assert_int_equal(c.allow.count, 100);
    assert_int_equal(strlen(c.not_allowed),
                     strlen("not in profiler-allow (...)") + 200);
    assert_null(strchr(c.not_allowed, '\t'));
    buf_free(&value);
    buf_free(&error);
    config_free(&c);
}

static void freeing_twice_is_harmless(void **state)
{
    (void)state;
    struct config c = make("profiler-dir=/tmp\nprofiler-path=x");
    config_free(&c);
    config_free(&c);
}

static bool configure(void)
{
    static const char *const lines[][2] = {
        {"profiler-trigger", "header:X-Y"},
        {"profiler-path", "a"},
        {"profiler-skip", "b"},
        {"profiler-dir", "/tmp"},
        {"profiler-stream", "/tmp/log"},
        {"profiler-restrictions", "10, foo"},
        {"profiler-allow", "10.0.0.0/8"},
        {"profiler-filename-format", "{id}.prof"},
        {"profiler-format", "prof,txt"},
        {"profiler-path", "c"},
    };
    struct config c;
    struct buf error = {0};
    bool ok = config_init(&c, &table);
    for (size_t i = 0; ok && i < sizeof lines / sizeof *lines; i++)
        ok = config_set(&c, str_from(lines[i][0]), str_from(lines[i][1]), &error);
    ok = ok && config_finish(&c, &error);
    bool noticed = !ok || error.failed;
    assert_true(ok || !error.len || error.failed || strstr(buf_cstr(&error), "memory"));
    buf_free(&error);
    config_free(&c);
    return noticed;
}

static void running_out_of_memory_leaks_nothing(void **state)
{
    (void)state;
    oom_sweep(configure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_the_manual),
        cmocka_unit_test(the_default_file_name_is_werkzeugs),
        cmocka_unit_test(triggers_replace_the_default_and_add_up),
        cmocka_unit_test(patterns_add_up),
        cmocka_unit_test(files_are_written_by_default_once_there_is_a_directory),
        cmocka_unit_test(what_is_always_profiled_takes_one_line_of_the_servers_log),
        cmocka_unit_test(of_an_option_given_twice_the_last_wins),
        cmocka_unit_test(quotes_that_uwsgi_keeps_are_taken_off),
        cmocka_unit_test(a_value_that_cannot_be_used_is_explained_in_one_line),
        cmocka_unit_test(errors_of_other_modules_start_with_the_option),
        cmocka_unit_test(hostile_values_cost_one_line),
        cmocka_unit_test(huge_values_cost_one_line),
        cmocka_unit_test(empty_values_are_errors_for_every_option),
        cmocka_unit_test(paths_too_long_for_the_system_are_refused),
        cmocka_unit_test(mistyped_options_are_recognised),
        cmocka_unit_test(the_choice_is_what_the_configuration_says),
        cmocka_unit_test(a_long_list_of_networks_is_cut_where_it_is_shown),
        cmocka_unit_test(freeing_twice_is_harmless),
        cmocka_unit_test(running_out_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
