#include "request.h"

static struct config with_dir, without_dir;

static int make_configs(void **state)
{
    (void)state;
    without_dir = make_config("");
    with_dir = make_config("profiler-dir=/tmp");
    return 0;
}

static int free_configs(void **state)
{
    (void)state;
    config_free(&with_dir);
    config_free(&without_dir);
    return 0;
}

/* Parses a value that must be a valid flag. */
static struct flag parse(const char *value)
{
    struct flag f;
    struct buf error = {0};
    assert_int_equal(flag_parse(&f, &with_dir, str_from(value), &error), FLAG_OK);
    assert_true(flag_recognised(&with_dir, str_from(value)));
    assert_buf(&error, "");
    return f;
}

static void nothing_and_its_like_mean_the_configured_defaults(void **state)
{
    (void)state;
    static const char *const values[] = {"",      "1",  "on",   "yes", "true",
                                         " on\t", "  ", "1,on", ","};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct flag f = parse(values[i]);
        assert_false(f.off);
        assert_int_equal(f.mode, MODE_DETERMINISTIC);
        assert_int_equal(f.choice.outputs, OUTPUT_LOG | OUTPUT_HTML | OUTPUT_FILE);
        assert_null(f.choice.answer);
        assert_true(f.choice.limit < 0);
        assert_int_equal(f.choice.sort.count, 2);
        assert_ptr_equal(f.choice.restrictions, &with_dir.restrictions);
    }
}

static void a_flag_without_bytes_is_empty(void **state)
{
    (void)state;
    struct flag f;
    struct buf error = {0};
    struct str nothing = {NULL, 0};
    assert_int_equal(flag_parse(&f, &with_dir, nothing, &error), FLAG_OK);
    buf_free(&error);
}

static void off_stops_whatever_else_is_said(void **state)
{
    (void)state;
    static const char *const values[] = {"0",     "off",    "no",   "false",
                                         " off ", "on,off", "0,log"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(parse(values[i]).off);
}

static void outputs_replace_the_configured_ones(void **state)
{
    (void)state;
    assert_int_equal(parse("log").choice.outputs, OUTPUT_LOG);
    assert_int_equal(parse("file").choice.outputs, OUTPUT_FILE);
    assert_int_equal(parse("file, log").choice.outputs, OUTPUT_LOG | OUTPUT_FILE);
    assert_int_equal(parse("deterministic,file").choice.outputs, OUTPUT_FILE);
}

static void a_format_is_the_answer_and_leaves_the_outputs(void **state)
{
    (void)state;
    struct flag f = parse("prof");
    assert_ptr_equal(f.choice.answer, &test_formats[0]);
    assert_int_equal(f.choice.outputs, OUTPUT_LOG | OUTPUT_HTML | OUTPUT_FILE);
    assert_ptr_equal(f.choice.files, with_dir.files);

    f = parse("txt , log,txt");
    assert_ptr_equal(f.choice.answer, &test_formats[1]);
    assert_int_equal(f.choice.outputs, OUTPUT_LOG);
}

static void order_and_length_of_the_table_can_be_asked_for(void **state)
{
    (void)state;
    struct flag f = parse("deterministic,sort=cumulative:calls,limit=50");
    assert_int_equal(f.choice.sort.count, 2);
    assert_int_equal(f.choice.sort.keys[0], SORT_CUMULATIVE);
    assert_int_equal(f.choice.sort.keys[1], SORT_CALLS);
    assert_int_equal(f.choice.limit, 50);

    assert_int_equal(parse("limit=0").choice.limit, 0);
    assert_int_equal(parse("limit= 7 ,limit=0008").choice.limit, 8);
    assert_int_equal(parse("limit=1000000000").choice.limit, 1000000000);
    assert_int_equal(parse("sort=name,sort=pcalls").choice.sort.keys[0],
                     SORT_PRIMITIVE);
}

static void a_mode_and_its_interval_can_be_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum profile_mode mode;
        uint64_t interval_ns;
    } cases[] = {
        {"on", MODE_DETERMINISTIC, 1000000},
        {"deterministic", MODE_DETERMINISTIC, 1000000},
        {"sampling", MODE_SAMPLING, 1000000},
        {" sampling ,sampling", MODE_SAMPLING, 1000000},
        {"sampling,interval=500us", MODE_SAMPLING, 500000},
        {"interval= 1s ,log,sampling", MODE_SAMPLING, 1000000000},
        {"sampling,interval=1ms,interval=0.1ms", MODE_SAMPLING, 100000},
        /* an interval alone does not select sampling */
        {"interval=2ms", MODE_DETERMINISTIC, 2000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flag f = parse(cases[i].value);
        assert_int_equal(f.mode, cases[i].mode);
        assert_int_equal(f.interval_ns, cases[i].interval_ns);
    }
}

static void the_configured_mode_is_left_by_its_name_alone(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        enum profile_mode mode;
        uint64_t interval_ns;
    } cases[] = {
        {"on", MODE_SAMPLING, 5000000},
        {"interval=3ms", MODE_SAMPLING, 3000000},
        {"deterministic", MODE_DETERMINISTIC, 5000000},
    };
    struct config c = make_config("profiler-mode=sampling\nprofiler-interval=5ms");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flag f;
        struct buf error = {0};
        assert_int_equal(flag_parse(&f, &c, str_from(cases[i].value), &error), FLAG_OK);
        assert_int_equal(f.mode, cases[i].mode);
        assert_int_equal(f.interval_ns, cases[i].interval_ns);
        buf_free(&error);
    }
    config_free(&c);
}

static void assert_refused(const struct config *c, const char *value,
                           enum flag_result result, const char *expected)
{
    struct flag f;
    struct buf error = {0};
    assert_int_equal(flag_parse(&f, c, str_from(value), &error), result);
    assert_int_equal(flag_recognised(c, str_from(value)), result == FLAG_BAD);
    const char *text = buf_cstr(&error);
    assert_true(strlen(text) >= strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
    for (size_t i = 0; i < error.len; i++)
        assert_in_range(error.data[i], ' ', '~');
    buf_free(&error);
}

static void a_word_that_is_none_of_ours_makes_it_the_apps_own(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
    } cases[] = {
        {"basic",
         "\"basic\" is not a word of a flag; words: deterministic, sampling, log, "
         "file, prof, txt, html, sort=KEY:KEY, limit=N, interval=1ms, on, off"},
        {"on,basic", "\"basic\" is not a word"},
        {"sort=bad,limit=x,basic", "\"basic\" is not a word"},
        {"basic,off", "\"basic\" is not a word"},
        {"On", "\"On\" is not a word"},
        {"2", "\"2\" is not a word"},
        {"00", "\"00\" is not a word"},
        {"log file", "\"log file\" is not a word"},
        {"log;file", "\"log;file\" is not a word"},
        {"sort", "\"sort\" is not a word"},
        {"limit", "\"limit\" is not a word"},
        {"limits=3", "\"limits=\" is not a word"},
        {"htm", "\"htm\" is not a word"},
        {"samplng", "\"samplng\" is not a word"},
        {"Sampling", "\"Sampling\" is not a word"},
        {"interval", "\"interval\" is not a word"},
        {"intervals=1ms", "\"intervals=\" is not a word"},
        {"kye=secret", "\"kye=\" is not a word"},
        {"key", "\"key\" is not a word"},
        {"=", "\"=\" is not a word"},
        {"\xff\n\x01", "\"\\xff\\x0a\\x01\" is not a word"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(&with_dir, cases[i].value, FLAG_FOREIGN, cases[i].error);
}

static void what_cannot_be_followed_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *value, *error;
    } cases[] = {
        {"sort=totime", "\"totime\" is not a key; did you mean \"tottime\"?"},
        {"sort=", "\"sort=\" names no key"},
        {"sort=time:", ""},
        {"sort=:", ""},
        {"limit=", "\"\" is not a whole number for limit=; possible: 0 to 1000000000"},
        {"limit=-1", "\"-1\" is not a whole number"},
        {"limit=0.5", "\"0.5\" is not a whole number"},
        {"limit=1000000001", "\"1000000001\" is too large for limit="},
        {"limit=99999999999999999999999", "\"99999999999999999999999\" is too large"},
        {"interval=", "\"\" is not a duration for interval=; possible: 100us to 1s"},
        {"interval=1",
         "\"1\" lacks a unit (us, ms, s) for interval=; possible: 100us to 1s"},
        {"sampling,interval=99us",
         "\"99us\" is too short for interval=; possible: 100us to 1s"},
        {"deterministic,interval=2s",
         "\"2s\" is too long for interval=; possible: 100us to 1s"},
        {"interval=fast,interval=1ms", "\"fast\" is not a duration for interval="},
        {"deterministic,sampling",
         "\"deterministic\" and \"sampling\": a request has one mode"},
        {"sampling,on,deterministic",
         "\"sampling\" and \"deterministic\": a request has one mode"},
        {"prof,txt", "\"prof\" and \"txt\": only one format can be the answer"},
        {"file", "\"file\" needs a directory, which profiler-dir sets"},
        {"log,file", "\"file\" needs a directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(&without_dir, cases[i].value, FLAG_BAD, cases[i].error);
}

static void a_value_of_more_than_1024_bytes_is_the_apps_own(void **state)
{
    (void)state;
    struct buf value = {0};
    for (int i = 0; i < 341; i++)
        buf_add_text(&value, "on,");
    assert_int_equal(value.len, 1023);
    assert_true(flag_recognised(&with_dir, buf_str(&value)));
    buf_add_text(&value, "1");
    assert_true(flag_recognised(&with_dir, buf_str(&value)));
    buf_add_text(&value, ",");
    assert_refused(&with_dir, buf_cstr(&value), FLAG_FOREIGN,
                   "a flag of 1025 bytes is too long: at most 1024");
    buf_fill(&value, ',', 100000);
    assert_refused(&with_dir, buf_cstr(&value), FLAG_FOREIGN, "a flag of 101025 bytes");
    buf_free(&value);
}

static void escapes_are_undone_once(void **state)
{
    (void)state;
    static const struct {
        const char *value, *query, *header;
    } cases[] = {
        {"", "", ""},
        {"a%2Cb", "a,b", "a,b"},
        {"%2c%2C", ",,", ",,"},
        {"%252c", "%2c", "%2c"},
        {"a+b", "a b", "a+b"},
        {"%2B", "+", "+"},
        {"%", "%", "%"},
        {"%2", "%2", "%2"},
        {"%zz%4", "%zz%4", "%zz%4"},
        {"%%41", "%A", "%A"},
        {"%4%31", "%41", "%41"},
        {"%:1%1:%`1%g1", "%:1%1:%`1%g1", "%:1%1:%`1%g1"},
        {"%C3%a9%ff", "\xc3\xa9\xff", "\xc3\xa9\xff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b = {0};
        flag_decode(str_from(cases[i].value), true, &b);
        assert_buf(&b, cases[i].query);
        flag_decode(str_from(cases[i].value), false, &b);
        assert_buf(&b, cases[i].header);
    }
    struct buf b = {0};
    flag_decode(STR("a%00b"), true, &b);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.data, "a\0b", 3);
    assert_false(flag_recognised(&with_dir, buf_str(&b)));
    buf_free(&b);
}

static bool refuse_a_flag(void)
{
    struct flag f;
    struct buf decoded = {0}, error = {0};
    flag_decode(STR("limit=%41"), true, &decoded);
    enum flag_result result = flag_parse(&f, &with_dir, STR("limit=A"), &error);
    assert_int_equal(result, FLAG_BAD);
    bool noticed = decoded.failed || error.failed;
    buf_free(&decoded);
    buf_free(&error);
    return noticed;
}

static void running_out_of_memory_costs_the_message_alone(void **state)
{
    (void)state;
    oom_sweep(refuse_a_flag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_its_like_mean_the_configured_defaults),
        cmocka_unit_test(a_flag_without_bytes_is_empty),
        cmocka_unit_test(off_stops_whatever_else_is_said),
        cmocka_unit_test(outputs_replace_the_configured_ones),
        cmocka_unit_test(a_format_is_the_answer_and_leaves_the_outputs),
        cmocka_unit_test(order_and_length_of_the_table_can_be_asked_for),
        cmocka_unit_test(a_mode_and_its_interval_can_be_asked_for),
        cmocka_unit_test(the_configured_mode_is_left_by_its_name_alone),
        cmocka_unit_test(a_word_that_is_none_of_ours_makes_it_the_apps_own),
        cmocka_unit_test(what_cannot_be_followed_is_named),
        cmocka_unit_test(a_value_of_more_than_1024_bytes_is_the_apps_own),
        cmocka_unit_test(escapes_are_undone_once),
        cmocka_unit_test(running_out_of_memory_costs_the_message_alone),
    };
    return cmocka_run_group_tests_name("flag", tests, make_configs, free_configs);
}
