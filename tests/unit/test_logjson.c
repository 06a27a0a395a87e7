#include "sampled.h"

#include "report/text/logjson.h"
#include "report/text/record.h"

static struct sample sample;

static void a_line_holds_the_facts_and_the_first_functions(void **state)
{
    (void)state;
    const struct str files[] = {STR("/var/p/GET.search.prof"),
                                STR("/var/p\n/GET.search.txt")};
    struct buf b = {0};
    sample.profile->notices = 1u << NOTICE_TRUNCATED | 1u << NOTICE_TIME;
    sample.choice.limit = 2;
    assert_true(record_write(REPORT_IN(&sample, LOG_JSON), files, 2, true, &b));
    sample.profile->notices = 0;
    sample.choice.limit = -1;
    assert_golden(&b, "logjson.json");
}

static void samples_stand_in_the_place_of_calls(void **state)
{
    (void)state;
    struct sample sampled;
    sampled_make(&sampled);
    struct buf b = {0};
    assert_true(record_write(REPORT_IN(&sampled, LOG_JSON), NULL, 0, false, &b));
    assert_golden(&b, "logjson-sampled.json");
    sample_free(&sampled);
}

/* With any names: one complete line, never too long. */
static void assert_line(const struct profile *p, const struct stats *s,
                        const struct str *files, size_t count)
{
    struct buf b = {0};
    buf_add_text(&b, "before");
    assert_true(record_write(REPORT_OF(p, s, LOG_JSON), files, count, false, &b));
    assert_in_range(b.len, 100, LOGJSON_BYTES_MAX + 6);
    assert_ptr_equal(memchr(b.data, '\n', b.len), b.data + b.len - 1);
    assert_memory_equal(b.data + b.len - 3, "]}\n", 3);
    buf_free(&b);
}

static void a_line_has_a_bound(void **state)
{
    (void)state;
    static const char *const patterns[] = {"a", "<", "\x01", "\xff", "\xe6\x97\xa5",
                                           "\""};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct sample s;
        struct buf text = {0};
        sample_make(&s);
        while (text.len < 20000)
            buf_add_text(&text, patterns[i]);
        assert_true(profile_set(&s.profile->path, buf_str(&text)));
        assert_true(profile_set(&s.profile->query, buf_str(&text)));
        assert_true(profile_set(&s.profile->method, buf_str(&text)));
        assert_true(profile_set(&s.profile->exception, buf_str(&text)));
        struct str files[8];
        for (size_t n = 0; n < 8; n++)
            files[n] = (struct str){text.data, n == 3 ? 3 : 3900};
        assert_line(s.profile, &s.stats, files, 8);
        buf_free(&text);
        sample_free(&s);
    }
}

static void names_of_functions_are_cut_and_then_left_out(void **state)
{
    (void)state;
    struct profile *p = sampled_empty();
    struct sample s = {.profile = p};
    struct buf name = {0}, b = {0};
    buf_fill(&name, '<', 5000);
    for (int i = 0; i < 30; i++) {
        name.data[1] = (char)('a' + i % 26);
        uint32_t func = functab_intern(&p->functab, STR("/a.py"), i, buf_str(&name));
        sampled_add(p, CALLTREE_ROOT, func, 1, 1000, WAITS_CPU);
    }
    assert_true(stats_compute(&s.stats, p));
    assert_line(p, &s.stats, NULL, 0);
    assert_true(record_write(REPORT_OF(p, &s.stats, LOG_JSON), NULL, 0, false, &b));
    size_t functions = 0;
    for (const char *at = buf_cstr(&b); (at = strstr(at, "...\"")); at++)
        functions++;
    assert_int_equal(functions, LOGJSON_FUNCTIONS_MAX);
    buf_free(&b);
    assert_true(profile_set(&p->path, buf_str(&name)));
    assert_true(profile_set(&p->query, buf_str(&name)));
    assert_true(profile_set(&p->exception, buf_str(&name)));
    assert_line(p, &s.stats, NULL, 0);
    buf_free(&name);
    sample_free(&s);
}

static void a_profile_of_nothing_is_still_a_line(void **state)
{
    (void)state;
    const struct profile empty = {0};
    const struct stats none = {0};
    struct buf b = {0};
    assert_true(record_write(REPORT_OF(&empty, &none, LOG_JSON), NULL, 0, false, &b));
    assert_buf(&b,
               "{\"id\":\"\",\"time\":0.000000,\"method\":\"\",\"path\":\"\",\"query\":"
               "\"\",\"status\":null,\"elapsed_ms\":0.000,\"mode\":\"deterministic\","
               "\"exception\":null,\"notices\":[],\"cpu_ms\":0.000,\"calls\":0,"
               "\"primitive_calls\":0,"
               "\"wait_ms\":{},\"worker\":0,\"pid\":0,\"files\":[],"
               "\"functions\":[]}\n");
}

static bool write_record(const struct report *r, struct buf *out)
{
    return record_write(r, NULL, 0, false, out);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    struct sample sampled;
    sampled_make(&sampled);
    sampled.choice.log_style = LOG_JSON;
    oom_sweep_report(&sampled, write_record);
    sampled.choice.sort.keys[0] = SORT_STDNAME;
    oom_sweep_report(&sampled, write_record);
    sample_free(&sampled);
}

static int setup(void **state)
{
    (void)state;
    sample_make(&sample);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sample_free(&sample);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_the_facts_and_the_first_functions),
        cmocka_unit_test(samples_stand_in_the_place_of_calls),
        cmocka_unit_test(a_line_has_a_bound),
        cmocka_unit_test(names_of_functions_are_cut_and_then_left_out),
        cmocka_unit_test(a_profile_of_nothing_is_still_a_line),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
