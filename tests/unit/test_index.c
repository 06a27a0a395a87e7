#include "sample.h"

#include "../../plugin/report/index.h"

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
    assert_non_null(strstr(buf_cstr(&b), "\"exception\":\"ValueError\",\"files\":[],"));
    buf_free(&b);
    sample_free(&failed);
}

static void an_empty_profile_makes_a_whole_line(void **state)
{
    (void)state;
    const struct profile empty = {.started_us = -5};
    struct buf b = {0};
    assert_true(index_line(&empty, NULL, 0, 0, &b));
    assert_buf(&b, "{\"id\":\"\",\"time\":0.000000,\"method\":\"\",\"path\":\"\","
                   "\"query\":\"\",\"status\":null,\"elapsed_ms\":0.000,"
                   "\"mode\":\"deterministic\",\"exception\":null,\"files\":[],"
                   "\"bytes\":0}\n");
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
        cmocka_unit_test(an_empty_profile_makes_a_whole_line),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&sample);
    int failed = cmocka_run_group_tests_name("index", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
