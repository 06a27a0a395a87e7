#include "sampled.h"

#include "report/text/table.h"

#include <stdlib.h>

static struct sample sample;

static struct report_choice *choice(void)
{
    return &sample.choice;
}

static void sort_by(const char *keys)
{
    struct buf error = {0};
    assert_true(sort_keys_parse(&choice()->sort, str_from(keys), ',', &error));
}

/* Writes the table with this text of profiler-restrictions. */
static void write_restricted(const char *text, struct buf *out)
{
    struct buf error = {0};
    struct restrictions r = {0};
    assert_true(restrictions_parse(&r, str_from(text), &error));
    choice()->restrictions = &r;
    assert_true(table_write(REPORT(&sample), false, out));
    choice()->restrictions = NULL;
    restrictions_free(&r);
}

static int reset(void **state)
{
    (void)state;
    sort_by("time,calls");
    choice()->limit = -1;
    return 0;
}

static void all_functions_are_listed_by_time(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(table_write(REPORT(&sample), false, &b));
    assert_golden(&b, "table-time.txt");
}

static void names_sort_by_code_point(void **state)
{
    (void)state;
    struct buf b = {0};
    sort_by("stdname");
    write_restricted("none", &b);
    assert_golden(&b, "table-stdname.txt");
}

static void each_restriction_says_what_it_took_away(void **state)
{
    (void)state;
    struct buf b = {0};
    write_restricted("5, 'shop', 0.5, 0.9, 100", &b);
    assert_golden(&b, "table-restricted.txt");
}

static void a_limit_stands_in_for_the_restrictions(void **state)
{
    (void)state;
    struct buf limited = {0}, restricted = {0};
    write_restricted("2", &restricted);
    choice()->limit = 2;
    write_restricted("'nothing like it'", &limited);
    assert_non_null(strstr(buf_cstr(&limited),
                           "   List reduced from 6 to 2 due to restriction <2>\n"));
    assert_buf(&limited, buf_cstr(&restricted));
    buf_free(&restricted);
}

static void nothing_left_is_the_totals_alone(void **state)
{
    (void)state;
    struct buf b = {0};
    write_restricted("0", &b);
    assert_buf(&b,
               "         32 function calls (26 primitive calls) in 0.006 seconds\n\n");
    write_restricted("\"no such name\", 3", &b);
    assert_buf(&b,
               "         32 function calls (26 primitive calls) in 0.006 seconds\n\n");
}

static void nothing_recorded_is_one_row_that_says_so(void **state)
{
    (void)state;
    static const char title[] =
        "   Random listing order was used\n\n"
        "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n";
    struct profile empty = {0};
    struct stats s;
    struct buf b = {0}, expected = {0};
    for (int i = 0; i < 2; i++) {
        empty.mode = i ? MODE_SAMPLING : MODE_DETERMINISTIC;
        assert_true(stats_compute(&s, &empty));
        assert_true(table_write(REPORT_OF(&empty, &s, LOG_TABLE), false, &b));
        buf_printf(&expected,
                   "         0 %s in 0.000 seconds\n\n%s"
                   "        0    0.000             0.000          {no %s}\n\n\n",
                   i ? "samples" : "function calls", title, i ? "samples" : "calls");
        assert_buf(&b, buf_cstr(&expected));
        buf_free(&expected);
        stats_free(&s);
    }
}

static void no_functions_are_the_totals_alone(void **state)
{
    (void)state;
    const struct profile empty = {0};
    const struct stats none = {0};
    struct buf b = {0};
    assert_true(table_write(REPORT_OF(&empty, &none, LOG_TABLE), false, &b));
    assert_buf(&b, "         0 function calls in 0.000 seconds\n\n");
    assert_null(table_order(REPORT_OF(&empty, &none, LOG_TABLE)));
}

static void no_key_keeps_the_order_of_the_profile(void **state)
{
    (void)state;
    choice()->sort.count = 0;
    struct buf b = {0};
    write_restricted("1", &b);
    assert_buf(&b,
               "         32 function calls (26 primitive calls) in 0.006 seconds\n\n"
               "   Random listing order was used\n"
               "   List reduced from 6 to 1 due to restriction <1>\n\n"
               "   ncalls  tottime  percall  cumtime  percall "
               "filename:lineno(function)\n"
               "        1    0.002    0.002    0.006    0.006 "
               "/srv/shop/app.py:12(search)\n\n\n");
}

static void the_order_is_that_of_the_table(void **state)
{
    (void)state;
    sort_by("calls");
    uint32_t *order = table_order(REPORT(&sample));
    assert_non_null(order);
    const uint32_t expected[] = {2, 5, 1, 3, 0, 4}; /* 11, 10, 7, 2, 1, 1 calls */
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(sample.stats.funcs[order[i]].func, expected[i]);
    free(order);
}

static void calls_that_never_ended_have_no_time_per_call(void **state)
{
    (void)state;
    struct func_stats never = {.func = 0, .self_s = 0.25, .cumulative_s = 0.5};
    struct stats s = {.funcs = &never, .func_count = 1, .self_s = 0.25};
    struct buf b = {0};
    assert_true(table_write(&(struct report){sample.profile, &s, choice()}, false, &b));
    assert_non_null(strstr(buf_cstr(&b),
                           "\n        0    0.250             0.500         "
                           " /srv/shop/app.py:12(search)\n"));
    buf_free(&b);
}

static bool write_plain(const struct report *r, struct buf *out)
{
    return table_write(r, false, out);
}

static bool order_one(void)
{
    uint32_t *order = table_order(REPORT(&sample));
    bool ok = order != NULL;
    free(order);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    struct buf error = {0};
    struct restrictions r = {0};
    assert_true(restrictions_parse(&r, STR("5, 3"), &error));
    choice()->restrictions = &r;
    oom_sweep_report(&sample, write_plain);
    sort_by("stdname");
    oom_sweep_report(&sample, write_plain);
    oom_sweep(order_one);
    choice()->restrictions = NULL;
    restrictions_free(&r);
}

static void a_sampled_profile_counts_samples(void **state)
{
    (void)state;
    struct sample s;
    struct buf b = {0};
    sampled_make(&s);
    assert_true(table_write(REPORT(&s), false, &b));
    assert_golden(&b, "table-sampled.txt");

    s.profile->sampled.samples = 1;
    s.choice.limit = 0;
    assert_true(table_write(REPORT(&s), false, &b));
    assert_buf(&b, "         1 sample in 0.789 seconds\n\n");
    sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_functions_are_listed_by_time, reset),
        cmocka_unit_test_setup(names_sort_by_code_point, reset),
        cmocka_unit_test_setup(each_restriction_says_what_it_took_away, reset),
        cmocka_unit_test_setup(a_limit_stands_in_for_the_restrictions, reset),
        cmocka_unit_test_setup(nothing_left_is_the_totals_alone, reset),
        cmocka_unit_test(nothing_recorded_is_one_row_that_says_so),
        cmocka_unit_test_setup(no_functions_are_the_totals_alone, reset),
        cmocka_unit_test_setup(no_key_keeps_the_order_of_the_profile, reset),
        cmocka_unit_test_setup(the_order_is_that_of_the_table, reset),
        cmocka_unit_test(a_sampled_profile_counts_samples),
        cmocka_unit_test_setup(calls_that_never_ended_have_no_time_per_call, reset),
        cmocka_unit_test_setup(running_out_of_memory_is_noticed, reset),
    };
    sample_make(&sample);
    int failed = cmocka_run_group_tests_name("table", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
