#include "request.h"

static void the_defaults_are_those_of_the_manual(void **state)
{
    (void)state;
    struct config c = make_config("");
    assert_int_equal(c.mode, MODE_DETERMINISTIC);
    assert_int_equal(c.triggers.count, 2);
    assert_int_equal(c.triggers.items[0].kind, TRIGGER_HEADER);
    assert_string_equal(c.triggers.items[0].name, "HTTP_X_PROFILE");
    assert_int_equal(c.triggers.items[1].kind, TRIGGER_QUERY);
    assert_string_equal(c.triggers.items[1].name, "profile");
    assert_int_equal(c.interval_ns, 1000000);
    assert_int_equal(c.path.count + c.skip.count, 0);
    assert_int_equal(c.show.count + c.hide.count, 0);
    assert_int_equal(c.groups.count, 0);
    assert_int_equal(c.outputs, OUTPUT_LOG | OUTPUT_HTML);
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
    assert_ptr_equal(c.files[0], &test_formats[0]);
    assert_int_equal(c.allow.count, 0);
    assert_false(c.source);
    assert_false(config_choice(&c).source);
    assert_int_equal(c.max_nodes, 65536);
    assert_int_equal(c.max_active, 4);
    assert_int_equal(c.dir_max_files, 1000);
    assert_int_equal(c.dir_max_bytes, 268435456);
    assert_int_equal(c.max_per_minute, 60);
    assert_true(c.keep.all);
    assert_null(c.off_file);
    config_free(&c);
}

static void the_default_file_name_is_werkzeugs(void **state)
{
    (void)state;
    struct config c = make_config("");
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
    struct config c =
        make_config("profiler-trigger=query:debug\nprofiler-trigger=always\n"
                    "profiler-trigger=header:X-Debug");
    assert_int_equal(c.triggers.count, 3);
    assert_string_equal(c.triggers.items[0].name, "HTTP_X_DEBUG");
    assert_string_equal(c.triggers.items[1].name, "debug");
    assert_int_equal(c.triggers.items[2].kind, TRIGGER_ALWAYS);
    config_free(&c);
}

static void patterns_add_up(void **state)
{
    (void)state;
    struct config c =
        make_config("profiler-path=^/a\nprofiler-path=^/b\nprofiler-skip=\\.css$\n"
                    "profiler-show=/a/\nprofiler-hide=/b/\nprofiler-hide=\\(c\\)$");
    assert_int_equal(c.path.count, 2);
    assert_true(regex_search(c.path.items[1], STR("/b")));
    assert_int_equal(c.skip.count, 1);
    assert_true(regex_search(c.skip.items[0], STR("/x.css")));
    assert_int_equal(c.show.count, 1);
    assert_true(regex_search(c.show.items[0], STR("/a/b.py:1(f)")));
    assert_int_equal(c.hide.count, 2);
    assert_true(regex_search(c.hide.items[1], STR("/x.py:1(c)")));
    config_free(&c);
}

static void files_are_written_by_default_once_there_is_a_directory(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        unsigned outputs;
    } cases[] = {
        {"profiler-dir=/tmp", OUTPUT_LOG | OUTPUT_HTML | OUTPUT_FILE},
        {"profiler-dir=/tmp\nprofiler-output=log", OUTPUT_LOG},
        {"profiler-output=file\nprofiler-dir=/tmp", OUTPUT_FILE},
        {"profiler-dir=/tmp\nprofiler-output= file ,log,file",
         OUTPUT_LOG | OUTPUT_FILE},
        {"profiler-format=txt", OUTPUT_LOG | OUTPUT_HTML},
        {"profiler-output=html", OUTPUT_HTML},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config c = make_config(cases[i].lines);
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
        struct config c = make_config(cases[i].lines);
        assert_int_equal(c.log_style, cases[i].flagged);
        assert_int_equal(c.log_style_always, cases[i].always);
        config_free(&c);
    }
}

static void of_an_option_given_twice_the_last_wins(void **state)
{
    (void)state;
    struct config c =
        make_config("profiler-dir=/a\nprofiler-dir=\"/b c\"\n"
                    "profiler-stream=/a\nprofiler-stream=relative\n"
                    "profiler-sort-by=calls\nprofiler-sort-by=cumulative\n"
                    "profiler-restrictions=10, foo\nprofiler-restrictions=none\n"
                    "profiler-allow=10.0.0.0/8\nprofiler-allow=10.1.2.3, ::1\n"
                    "profiler-filename-format=a\nprofiler-filename-format=b\n"
                    "profiler-format=txt\nprofiler-format=prof,txt,prof\n"
                    "profiler-output=file\nprofiler-output=log\n"
                    "profiler-dir-mode=0777\nprofiler-dir-mode=750\n"
                    "profiler-file-mode=0777\nprofiler-file-mode=0640\n"
                    "profiler-source=off\nprofiler-source=on\n"
                    "profiler-max-nodes=17\nprofiler-max-nodes=16777216\n"
                    "profiler-max-active=2\nprofiler-max-active=65536\n"
                    "profiler-interval=2ms\nprofiler-interval=0.5ms\n"
                    "profiler-mode=deterministic\nprofiler-mode=sampling");
    assert_int_equal(c.mode, MODE_SAMPLING);
    assert_int_equal(c.interval_ns, 500000);
    assert_string_equal(c.dir, "/b c");
    assert_string_equal(c.stream, "relative");
    assert_int_equal(c.sort.count, 1);
    assert_int_equal(c.sort.keys[0], SORT_CUMULATIVE);
    assert_int_equal(c.restrictions.count, 0);
    assert_int_equal(c.allow.count, 3); /* the networks of several lines are all used */
    assert_string_equal(c.not_allowed,
                        "not in profiler-allow (10.0.0.0/8, 10.1.2.3, ::1)");
    assert_int_equal(c.file_count, 2);
    assert_ptr_equal(c.files[1], &test_formats[1]);
    assert_int_equal(c.outputs, OUTPUT_LOG);
    assert_int_equal(c.dir_mode, 0750);
    assert_int_equal(c.file_mode, 0640);
    assert_true(config_choice(&c).source);
    assert_int_equal(c.max_nodes, 16777216);
    assert_int_equal(c.max_active, 65536);
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
        {"profiler-key", "profiler-key"},
        {"profiler-keyfile", "profiler-key-file"},
        {"profiler-trusted-proxy", "profiler-trusted-proxies"},
        {"profiler-intervall", "profiler-interval"},
        {"profiler-shows", "profiler-show"},
        {"profiler-max-tim", "profiler-max-time"},
        {"profiler-keeps", "profiler-keep"},
        {"profiler-something-that-is-much-longer-than-any-option-there-is", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *similar = options_similar(str_from(cases[i].typed));
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
    struct config c = make_config("profiler-dir=/tmp\nprofiler-format=txt,prof\n"
                                  "profiler-log-style=line\nprofiler-sort-by=name");
    struct report_choice choice = config_choice(&c);
    assert_int_equal(choice.outputs, OUTPUT_LOG | OUTPUT_HTML | OUTPUT_FILE);
    assert_int_equal(choice.log_style, LOG_LINE);
    assert_int_equal(choice.sort.keys[0], SORT_NAME);
    assert_ptr_equal(choice.restrictions, &c.restrictions);
    assert_true(choice.limit < 0);
    assert_null(choice.answer);
    assert_ptr_equal(choice.files, c.files);
    assert_int_equal(choice.file_count, 2);
    assert_ptr_equal(choice.rules.show, &c.show);
    assert_ptr_equal(choice.rules.hide, &c.hide);
    config_free(&c);
}

static void freeing_twice_is_harmless(void **state)
{
    (void)state;
    struct config c = make_config("profiler-dir=/tmp\nprofiler-path=x");
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
        {"profiler-show", "d"},
        {"profiler-hide", "e"},
        {"profiler-group", "^/(f) \\1"},
        {"profiler-group", "^/g g"},
    };
    struct config c;
    struct buf error = {0};
    bool ok = options_init(&c, &test_table);
    for (size_t i = 0; ok && i < sizeof lines / sizeof *lines; i++)
        ok = options_set(&c, str_from(lines[i][0]), str_from(lines[i][1]), &error);
    ok = ok && options_finish(&c, &error);
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
        cmocka_unit_test(mistyped_options_are_recognised),
        cmocka_unit_test(the_choice_is_what_the_configuration_says),
        cmocka_unit_test(freeing_twice_is_harmless),
        cmocka_unit_test(running_out_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
