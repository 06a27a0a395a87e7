#include "sampled.h"

#include "report/formats.h"
#include "report/text/record.h"

static struct sample sample;

static const struct str files[] = {{"/var/p/GET.search.prof", 22},
                                   {"/var/p\n/GET.search.txt", 22}};

static void a_record_is_that_of_werkzeug_with_our_facts(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(record_write(REPORT_IN(&sample, LOG_TABLE), NULL, 0, false, &b));
    assert_golden(&b, "record-log.txt");
}

static void the_txt_format_is_the_record_without_files(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(txt_write(REPORT(&sample), &b));
    assert_golden(&b, "record.txt");
}

static void files_and_notices_have_lines_of_their_own(void **state)
{
    (void)state;
    struct buf b = {0};
    sample.profile->notices = 1u << NOTICE_TRUNCATED | 1u << NOTICE_GREENLETS;
    sample.choice.limit = 1;
    assert_true(record_write(REPORT_IN(&sample, LOG_TABLE), files, 2, false, &b));
    sample.profile->notices = 0;
    sample.choice.limit = -1;
    assert_golden(&b, "record-files.txt");
}

static void a_line_names_the_hottest_function(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(record_write(REPORT_IN(&sample, LOG_LINE), NULL, 0, false, &b));
    assert_buf(&b, "PROFILE 00c0ffee00c0ffee deterministic 12.346 ms 200 GET "
                   "'/search/größe' 32 calls (26 primitive), 34.2% in "
                   "/srv/shop/größe.py:7(größe_日本)\n");
}

static void a_line_holds_all_facts_there_are(void **state)
{
    (void)state;
    struct sample failed;
    sample_make(&failed);
    failed.profile->status = 0;
    failed.profile->notices = 1u << NOTICE_MEMORY;
    assert_true(profile_set(&failed.profile->exception, STR("Bad\nError")));
    struct buf b = {0};
    assert_true(record_write(REPORT_IN(&failed, LOG_LINE), files, 2, false, &b));
    assert_buf(&b, "PROFILE 00c0ffee00c0ffee deterministic 12.346 ms - GET "
                   "'/search/größe' 32 calls (26 primitive), 34.2% in "
                   "/srv/shop/größe.py:7(größe_日本), exception 'Bad\\nError', "
                   "file /var/p/GET.search.prof, file '/var/p\\n/GET.search.txt', "
                   "notice memory\n");
    sample_free(&failed);
}

/* All texts that a client can choose contain line ends and control characters. */
static void hostile_requests_do_not_break_lines(void **state)
{
    (void)state;
    const struct str evil = STR("/\r\n\x1b[2J\x7f\xc2\x85\xc2\x9b\xe2\x80\xa8\xff\0x");
    struct sample s;
    sample_make(&s);
    assert_true(profile_set(&s.profile->path, evil));
    assert_true(profile_set(&s.profile->method, evil));
    assert_true(profile_set(&s.profile->exception, evil));
    functab_free(&s.profile->functab);
    for (size_t i = 0; i < 6; i++) /* this is also the hottest function */
        functab_intern(&s.profile->functab, evil, (int32_t)i, evil);
    struct buf b = {0};
    assert_true(record_write(REPORT_IN(&s, LOG_LINE), &evil, 1, false, &b));
    assert_int_equal(strlen(buf_cstr(&b)), b.len);
    for (size_t i = 0; i + 1 < b.len; i++)
        assert_false((unsigned char)b.data[i] < 0x20 || b.data[i] == 0x7f);
    assert_null(strstr(buf_cstr(&b), "\xc2\x85"));
    assert_null(strstr(buf_cstr(&b), "\xc2\x9b"));
    assert_null(strstr(buf_cstr(&b), "\xe2\x80\xa8"));
    buf_free(&b);

    assert_true(record_write(REPORT_IN(&s, LOG_TABLE), &evil, 1, false, &b));
    size_t lines = 0, rows = s.stats.func_count;
    for (size_t i = 0; i < b.len; i++) {
        lines += b.data[i] == '\n';
        assert_false(((unsigned char)b.data[i] < 0x20 && b.data[i] != '\n') ||
                     b.data[i] == 0x7f || (unsigned char)b.data[i] == 0xff);
    }
    assert_int_equal(lines, 13 + rows);
    buf_free(&b);
    assert_true(txt_write(REPORT(&s), &b));
    assert_non_null(strstr(buf_cstr(&b), "/\r\n\x1b[2J")); /* as pstats prints it */
    buf_free(&b);
    sample_free(&s);
}

static void a_profile_of_nothing_is_still_a_record(void **state)
{
    (void)state;
    const struct profile empty = {0};
    const struct stats none = {0};
    struct buf b = {0};
    assert_true(record_write(REPORT_OF(&empty, &none, LOG_LINE), NULL, 0, false, &b));
    assert_buf(&b, "PROFILE  deterministic 0.000 ms - '' '' 0 calls\n");
}

static void a_line_says_how_long_the_request_waited_for_a_processor(void **state)
{
    (void)state;
    struct profile p = {.wall_ns = 200000000};
    const struct stats none = {0};
    struct buf b = {0};
    p.cpu_wait_ns = 63999999;
    assert_true(record_write(REPORT_OF(&p, &none, LOG_LINE), NULL, 0, false, &b));
    assert_buf(&b,
               "PROFILE  deterministic 200.000 ms - '' '' 0 calls, 31 % CPU wait\n");
    p.cpu_wait_ns = 1999999;
    assert_true(record_write(REPORT_OF(&p, &none, LOG_LINE), NULL, 0, false, &b));
    assert_buf(&b, "PROFILE  deterministic 200.000 ms - '' '' 0 calls\n");
}

static void a_sampled_record_has_its_tree_before_the_table(void **state)
{
    (void)state;
    struct sample s;
    struct buf b = {0};
    sampled_make(&s);
    s.choice.limit = 3;
    s.profile->notices = 1u << NOTICE_DEEP;
    assert_true(record_write(REPORT_IN(&s, LOG_TABLE), files, 2, false, &b));
    assert_golden(&b, "record-sampled.txt");
    sample_free(&s);
}

static void a_sampled_line_says_where_the_time_went(void **state)
{
    (void)state;
    struct sample s;
    struct buf b = {0};
    sampled_make(&s);
    assert_true(record_write(REPORT_IN(&s, LOG_LINE), NULL, 0, true, &b));
    assert_buf(&b, "PROFILE 00c0ffee00c0ffee sampling 800.123 ms 200 GET '/search' "
                   "790 samples: 27 % CPU, 60 % network read, 6 % sleep, 4 % disk, "
                   "1 % network write, 1 % GIL, 60.8% in {method 'recv_into' of "
                   "'socket' objects}\n");
    sample_free(&s);

    const struct profile empty = {.mode = MODE_SAMPLING};
    const struct stats none = {0};
    assert_true(record_write(REPORT_OF(&empty, &none, LOG_LINE), NULL, 0, false, &b));
    assert_buf(&b, "PROFILE  sampling 0.000 ms - '' '' 0 samples\n");
    struct stats nothing;
    assert_true(stats_compute(&nothing, &empty));
    assert_true(
        record_write(REPORT_OF(&empty, &nothing, LOG_LINE), NULL, 0, false, &b));
    assert_buf(&b, "PROFILE  sampling 0.000 ms - '' '' 0 samples\n");
    stats_free(&nothing);
}

/* It contains only the record's own escape sequences, and no broken line. */
static void hostile_names_do_not_break_the_tree(void **state)
{
    (void)state;
    const struct str evil = STR("/\r\n\x1b[2J\x7f\xc2\x85\xc2\x9b\xe2\x80\xa8\xff\0x");
    struct profile *p = sampled_empty();
    struct sample s = {.profile = p, .choice = sampled_choice()};
    assert_true(profile_set(&p->path, evil));
    assert_true(profile_set(&p->method, evil));
    p->sampled.samples = 2;
    s.choice.limit = 0;
    uint32_t func = functab_intern(&p->functab, evil, 1, evil);
    functab_set_qualname(&p->functab, func, evil);
    uint32_t node = sampled_add(p, CALLTREE_ROOT, func, 2, 1000, WAITS_CPU);
    func =
        functab_intern(&p->functab, STR("/v/site-packages/\n\x1b\xff/a.py"), 1, evil);
    node = sampled_add(p, node, func, 1, 1000, WAITS_CPU);
    func = functab_intern(&p->functab, STR("~"), 0,
                          STR("<method '\n\x1b' of '\xff\0' objects>"));
    sampled_add(p, node, func, 1, 1000, WAITS_CPU);
    assert_true(stats_compute(&s.stats, p));
    struct buf b = {0};
    assert_true(record_write(REPORT(&s), NULL, 0, false, &b));
    assert_int_equal(strlen(buf_cstr(&b)), b.len);
    size_t lines = 0;
    for (size_t i = 0; i < b.len; i++) {
        lines += b.data[i] == '\n';
        assert_false((unsigned char)b.data[i] < 0x20 && b.data[i] != '\n');
        assert_int_not_equal((unsigned char)b.data[i], 0x7f);
        assert_int_not_equal((unsigned char)b.data[i], 0xff);
    }
    assert_int_equal(lines, 16);
    buf_free(&b);
    sample_free(&s);
}

static bool write_record(const struct report *r, struct buf *out)
{
    return record_write(r, files, 2, false, out);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    struct sample sampled;
    sampled_make(&sampled);
    struct sample *const both[] = {&sample, &sampled};
    for (size_t i = 0; i < 2; i++) {
        both[i]->choice.log_style = LOG_TABLE;
        oom_sweep_report(both[i], write_record);
        both[i]->choice.log_style = LOG_LINE;
        oom_sweep_report(both[i], write_record);
    }
    sample_free(&sampled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_that_of_werkzeug_with_our_facts),
        cmocka_unit_test(the_txt_format_is_the_record_without_files),
        cmocka_unit_test(files_and_notices_have_lines_of_their_own),
        cmocka_unit_test(a_line_names_the_hottest_function),
        cmocka_unit_test(a_line_holds_all_facts_there_are),
        cmocka_unit_test(hostile_requests_do_not_break_lines),
        cmocka_unit_test(a_profile_of_nothing_is_still_a_record),
        cmocka_unit_test(a_line_says_how_long_the_request_waited_for_a_processor),
        cmocka_unit_test(a_sampled_record_has_its_tree_before_the_table),
        cmocka_unit_test(a_sampled_line_says_where_the_time_went),
        cmocka_unit_test(hostile_names_do_not_break_the_tree),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&sample);
    int failed = cmocka_run_group_tests_name("record", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
