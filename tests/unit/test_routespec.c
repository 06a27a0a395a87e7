#include "request.h"

#include "gate/routespec.h"

static void a_route_has_the_words_of_a_flag(void **state)
{
    (void)state;
    struct config c = make_config("profiler-dir=/tmp");
    struct buf error = {0};
    struct flag f;
    assert_true(
        routespec_parse(&f, &c, STR("sampling, file,interval=5ms,limit=3"), &error));
    assert_int_equal(f.mode, MODE_SAMPLING);
    assert_int_equal(f.interval_ns, 5000000);
    assert_int_equal(f.choice.outputs, OUTPUT_FILE);
    assert_int_equal(f.choice.limit, 3);
    assert_true(routespec_parse(&f, &c, STR(""), &error));
    assert_int_equal(f.mode, MODE_DETERMINISTIC);
    assert_false(f.off);
    assert_null(f.choice.answer);
    assert_true(routespec_parse(&f, &c, STR("off"), &error));
    assert_true(f.off);
    assert_buf(&error, "");
    config_free(&c);
}

static void what_a_route_cannot_do_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *words, *error;
    } cases[] = {
        {"html", "\"html\" would replace the app's answer, which a route cannot"},
        {"sampling,prof,x", "\"prof\" would replace the app's answer"},
        {"key=s", "\"key=\" is for flags"},
        {"on, sig=00", "\"sig=\" is for flags"},
        {"exp=1", "\"exp=\" is for flags"},
        {"sampling;file", "\"sampling;file\" is not a word of a route; possible: "
                          "deterministic, sampling, log, file, sort=KEY:KEY, limit=N, "
                          "interval=1ms, on, off"},
        {"sampling,deterministic",
         "\"sampling\" and \"deterministic\": a request has one mode"},
        {"file", "\"file\" needs a directory, which profiler-dir sets"},
        {"limit=x", "\"x\" is not a whole number for limit="},
    };
    struct config c = make_config("");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0}, start = {0};
        struct flag f;
        assert_false(routespec_parse(&f, &c, str_from(cases[i].words), &error));
        buf_printf(&start, "route action profile: %s", cases[i].error);
        if (!str_starts(buf_str(&error), buf_str(&start)))
            fail_msg("%s", buf_cstr(&error));
        assert_null(strchr(buf_cstr(&error), '\n'));
        buf_free(&start);
        buf_free(&error);
    }
    config_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_has_the_words_of_a_flag),
        cmocka_unit_test(what_a_route_cannot_do_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
