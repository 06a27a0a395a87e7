#include "sample_sampling.h"

#include "report/formats.h"
#include "report/page/profile_json.h"

#include <stdlib.h>

static struct sample traced, sampled;

static void a_traced_profile_is_written_whole(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(json_write(REPORT(&traced), &b));
    assert_golden(&b, "sample.json");
}

static void a_sampled_profile_is_written_whole(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(json_write(REPORT(&sampled), &b));
    assert_golden(&b, "sampling.json");
}

/* Compares the text after the first occurrence of start, up to the next of end. Frees
 * the buffer. */
static void check_part(struct buf *b, const char *start, const char *end,
                       const char *expected)
{
    const char *from = strstr(buf_cstr(b), start);
    assert_non_null(from);
    from += strlen(start);
    const char *to = strstr(from, end);
    assert_non_null(to);
    assert_str(((struct str){from, (size_t)(to - from)}), expected);
    buf_free(b);
}

static void a_truncated_tree_comes_with_exact_figures(void **state)
{
    (void)state;
    struct sample cut;
    struct buf b = {0};
    sample_make(&cut);
    cut.profile->tree.truncated = true;
    assert_true(json_write(REPORT(&cut), &b));
    check_part(&b, "\"exact\":", "\n",
               "{\"func\":[1,2,3,4,5,6],\"calls\":[1,7,11,2,1,10],"
               "\"primitive\":[1,1,11,2,1,10],"
               "\"self\":[1500000,1750000,169134,2000000,333333,99999],"
               "\"cumulative\":[5852466,1873456,169134,2099999,333333,99999],"
               "\"callers\":[[],[[1,1,1,250000,1873456],[2,6,2,1500000,1623456]],"
               "[[2,8,8,123456,123456],[1,3,3,45678,45678]],"
               "[[1,2,2,2000000,2099999]],[[1,1,1,333333,333333]],"
               "[[4,10,10,99999,99999]]]}}");
    sample_free(&cut);
}

static void functions_that_hide_themselves_are_marked(void **state)
{
    (void)state;
    struct sample hiding;
    struct buf whole = {0}, b = {0};
    sample_make(&hiding);
    assert_true(json_write(REPORT(&hiding), &whole));
    assert_null(strstr(buf_cstr(&whole), "\"hide\""));
    buf_free(&whole);
    functab_set_hidden(&hiding.profile->functab, 1, true);
    assert_true(json_write(REPORT(&hiding), &b));
    check_part(&b, "\"kind\":", ",\"node\"",
               "[4,0,0,3,0,1,3],\"hide\":[0,0,1,0,0,0,0]}");
    sample_free(&hiding);
}

static const struct shown_limits few = {.nodes = 4, .moments = 15};

static void a_tree_that_is_too_large_is_shown_in_part(void **state)
{
    (void)state;
    struct buf b = {0}, whole = {0};
    assert_true(profile_json_add(REPORT(&traced), &few, &b));
    assert_true(json_write(REPORT(&traced), &whole));
    assert_null(strstr(buf_cstr(&whole), "\"exact\""));
    assert_non_null(
        strstr(buf_cstr(&b), "\"exact\":{\"func\":[1,2,3,4,5,6],\"calls\""));
    assert_non_null(strstr(buf_cstr(&b), "\"node\":{\"depth\":[0,1,2,2],\"func\":"
                                         "[0,1,2,4],\"self\":[777,1879011,1873456,"
                                         "2099999],\"calls\":[1,1,1,2]}"));
    check_part(&b, "\"notices\":", "},\"str\"",
               "[{\"code\":\"pruned\",\"text\":\"the page has room for 4 of the call "
               "tree's 10 nodes: those with the most time are shown (format json has "
               "all)\",\"shown\":4,\"nodes\":10}]");
    buf_free(&whole);
}

static void the_timeline_names_nodes_that_are_shown(void **state)
{
    (void)state;
    struct buf b = {0}, again = {0};
    assert_true(profile_json_add(REPORT(&sampled), &few, &b));
    buf_add_str(&again, buf_str(&b));
    check_part(&b, "\"node\":{\"depth\":[", "]", "0,1,2,2");
    check_part(&again,
               "\"tl\":{\"dt\":[1000123,1000000,1499500,998000,1000001,700000,"
               "999999,1200000,800000,1000000,1100400,400,1000000,1000000,"
               "4294967296],\"node\":[",
               "]", "0,1,2,2,2,3,3,3,3,1,1,1,1,1,0");
}

static void a_timeline_that_is_merged_is_said_to_be(void **state)
{
    (void)state;
    const struct shown_limits limits = {.nodes = 100, .moments = 2};
    struct buf b = {0};
    uint32_t notices = sampled.profile->notices;
    for (unsigned i = 0; i < 2; i++) {
        sampled.profile->notices = i ? notices : 0;
        assert_true(profile_json_add(REPORT(&sampled), &limits, &b));
        const char *notice = strstr(buf_cstr(&b), "{\"code\":\"thinned\"");
        assert_non_null(notice);
        assert_null(strstr(notice + 20, "\"thinned\""));
        check_part(&b, "\"tl\":", ",\"lines\"",
                   "{\"dt\":[8397623,4299868096],\"node\":[3,0],\"wait\":[3,8]}");
    }
    sampled.profile->notices = notices;
}

static void restrictions_stand_as_they_were_given(void **state)
{
    (void)state;
    struct buf error = {0}, b = {0};
    struct restrictions r;
    struct report_choice *choice = &traced.choice;
    assert_true(restrictions_parse(&r, STR("10, 0.5, \"a,<b\""), &error));
    choice->restrictions = &r;
    assert_true(json_write(REPORT(&traced), &b));
    check_part(&b, "\"restrictions\":", ",\"pid\"",
               "[\"10\",\"0.5\",\"'a,\\u003cb'\"]");
    choice->limit = 7;
    assert_true(json_write(REPORT(&traced), &b));
    check_part(&b, "\"restrictions\":", ",\"pid\"", "[\"7\"]");
    choice->limit = -1;
    choice->restrictions = NULL;
    restrictions_free(&r);
}

static void an_empty_profile_is_whole(void **state)
{
    (void)state;
    const struct profile empty = {.started_us = -5};
    const struct stats none = {0};
    struct buf b = {0};
    assert_true(json_write(REPORT_OF(&empty, &none, LOG_TABLE), &b));
    assert_buf(
        &b,
        "{\"v\":1,\"meta\":{\"id\":\"\",\"method\":\"\",\"path\":\"\",\"query\":"
        "\"\",\"mount\":\"\",\"route\":null,\"status\":null,\"response_bytes\":0,"
        "\"location\":null,"
        "\"exception\":null,\"started\":\"1970-01-01T00:00:00.000000Z\",\"mode\":"
        "\"deterministic\",\"wall_ns\":0,\"cpu_ns\":0,\"wait_ns\":{},\"calls\":0,"
        "\"primitive_calls\":0,\"sort_by\":[],\"restrictions\":[],\"pid\":0,"
        "\"worker\":0,\"core\":0,\"python\":\"\",\"server\":\"\",\"plugin\":\"0.1.0\","
        "\"notices\":[]},\"str\":[\"request\",\"\"],\"func\":{\"name\":[0],\"file\":"
        "[1],\"line\":[0],\"lib\":[1],\"kind\":[4]},\"node\":{\"depth\":[],\"func\":"
        "[],\"self\":[],\"calls\":[]}}\n");
}

static bool write_part(const struct report *r, struct buf *out)
{
    return profile_json_add(r, &few, out);
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep_report(&traced, json_write);
    oom_sweep_report(&sampled, json_write);
    oom_sweep_report(&sampled, write_part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traced_profile_is_written_whole),
        cmocka_unit_test(a_sampled_profile_is_written_whole),
        cmocka_unit_test(a_truncated_tree_comes_with_exact_figures),
        cmocka_unit_test(functions_that_hide_themselves_are_marked),
        cmocka_unit_test(a_tree_that_is_too_large_is_shown_in_part),
        cmocka_unit_test(the_timeline_names_nodes_that_are_shown),
        cmocka_unit_test(a_timeline_that_is_merged_is_said_to_be),
        cmocka_unit_test(restrictions_stand_as_they_were_given),
        cmocka_unit_test(an_empty_profile_is_whole),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&traced);
    sample_sampling_make(&sampled);
    int failed = cmocka_run_group_tests_name("profile_json", tests, NULL, NULL);
    sample_free(&traced);
    sample_free(&sampled);
    return failed;
}
