#include "sample.h"

#include "store/index.h"

static struct sample sample;

static void a_line_holds_the_facts_of_a_profile(void **state)
{
    (void)state;
    const struct str files[] = {STR("GET.search.prof"), STR("GET.search.txt")};
    struct buf b = {0};
    assert_true(index_line(sample.profile, files, 2, 4711, &b));
    assert_golden(&b, "index.jsonl");
}

static void an_app_that_failed_has_no_status_but_an_exception(void **state)
{
    (void)state;
    struct sample failed;
    sample_make(&failed);
    failed.profile->status = 0;
    assert_true(profile_set(&failed.profile->exception, STR("ValueError")));
    struct buf b = {0};
    assert_true(index_line(failed.profile, NULL, 0, 0, &b));
    assert_non_null(strstr(buf_cstr(&b), "\"status\":null,"));
    assert_non_null(
        strstr(buf_cstr(&b),
               "\"exception\":\"ValueError\",\"notices\":[],\"cpu_ms\":11.000,"));
    buf_free(&b);
    sample_free(&failed);
}

static void cpu_and_wait_are_the_elapsed_time(void **state)
{
    (void)state;
    static const struct {
        uint64_t wall_ns, cpu_ns;
        const char *part;
    } cases[] = {
        {1500000, 400000, "\"cpu_ms\":0.400,\"wait_ms\":1.100,"},
        {1500000, 1500000, "\"cpu_ms\":1.500,\"wait_ms\":0.000,"},
        /* two clocks */
        {1500000, 1600000, "\"cpu_ms\":1.600,\"wait_ms\":0.000,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct profile p = {.wall_ns = cases[i].wall_ns, .cpu_ns = cases[i].cpu_ns};
        struct buf b = {0};
        assert_true(index_line(&p, NULL, 0, 0, &b));
        assert_non_null(strstr(buf_cstr(&b), cases[i].part));
        buf_free(&b);
    }
}

static void an_empty_profile_makes_a_whole_line(void **state)
{
    (void)state;
    const struct profile empty = {.started_us = -5};
    struct buf b = {0};
    assert_true(index_line(&empty, NULL, 0, 0, &b));
    assert_buf(&b, "{\"id\":\"\",\"time\":0.000000,\"method\":\"\",\"path\":\"\","
                   "\"query\":\"\",\"status\":null,\"elapsed_ms\":0.000,"
                   "\"mode\":\"deterministic\",\"exception\":null,\"notices\":[],"
                   "\"cpu_ms\":0.000,\"wait_ms\":0.000,\"worker\":null,\"route\":null,"
                   "\"files\":[],\"bytes\":0}\n");
}

static void a_line_is_read_back(void **state)
{
    (void)state;
    const struct str files[] = {STR("gr\xc3\xb6\xc3\x9f.prof"),
                                STR("\xe2\x80\xa8.txt")};
    struct buf b = {0};
    struct index_entry e = {0};
    assert_true(index_line(sample.profile, files, 2, 4711, &b));
    assert_true(index_read(&e, (struct str){b.data, b.len - 1}));
    assert_int_equal(e.file_count, 2);
    assert_int_equal(e.bytes, 4711);
    const char *name = index_next_name(&e, NULL);
    assert_string_equal(name, files[0].data);
    name = index_next_name(&e, name);
    assert_string_equal(name, files[1].data);
    assert_null(index_next_name(&e, name));
    /* none of its beginnings is a line */
    for (size_t len = 0; len + 1 < b.len; len++)
        assert_false(index_read(&e, (struct str){b.data, len}));
    buf_free(&b);
    index_entry_free(&e);
}

static void what_is_no_line_of_ours_is_not_read(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        " ",
        "{}",
        "[]",
        "null",
        "{\"bytes\":1}",
        "{\"files\":\"a.prof\"}",
        "{\"files\":[\"\"]}", /* found by the fuzzer: no byte was read yet */
        "{\"files\":[\"a.prof\",]}",
        "{\"files\":[\"a.prof\"],}",
        "{\"files\":[\"a.prof\"]}}",
        "{\"files\":[\"a.prof\"]} {}",
        "{\"files\":[\"a.prof\"],\"files\":[]}",
        "{\"files\":[\"a.prof\"],\"bytes\":1.5}",
        "{\"files\":[\"a.prof\"],\"bytes\":99999999999999999999}",
        "{\"files\":[\"a.prof\"] \"bytes\":1}",
        "{\"files\":[\"a\tb.prof\"]}",
        "{\"files\":[\"a\\x.prof\"]}",
        "{\"files\":[\"\xff.prof\"]}",
        "{\"id\":\"00c0{\"id\":\"x\",\"files\":[\"a.prof\"]}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct index_entry e = {0};
        if (index_read(&e, str_from(lines[i])))
            fail_msg("was read: %s", lines[i]);
        index_entry_free(&e);
    }
}

static bool write_one(void)
{
    const struct str files[] = {STR("GET.search.prof"), STR("GET.search.txt")};
    struct buf b = {0};
    bool ok = index_line(sample.profile, files, 2, 4711, &b);
    buf_free(&b);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(write_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_the_facts_of_a_profile),
        cmocka_unit_test(an_app_that_failed_has_no_status_but_an_exception),
        cmocka_unit_test(cpu_and_wait_are_the_elapsed_time),
        cmocka_unit_test(an_empty_profile_makes_a_whole_line),
        cmocka_unit_test(a_line_is_read_back),
        cmocka_unit_test(what_is_no_line_of_ours_is_not_read),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&sample);
    int failed = cmocka_run_group_tests_name("index", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
