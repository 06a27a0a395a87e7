#include "request.h"

#include <stdio.h>

#define LOCAL "REMOTE_ADDR=127.0.0.1\nHTTP_HOST=localhost:8000\n"
#define STRANGER "REMOTE_ADDR=10.1.2.3\nHTTP_HOST=shop.example\n"
#define ALWAYS "profiler-trigger=query:profile\nprofiler-trigger=always\n"
#define COOKIE "profiler-trigger=cookie:profile\n"
#define ALL_KINDS                                                                      \
    "profiler-trigger=cookie:p\nprofiler-trigger=query:p\nprofiler-trigger=header:P\n"

static struct decision decide(const char *options, const char *vars)
{
    struct config c = make_config(options);
    struct request r;
    struct decision d;
    make_request(&r, vars);
    memset(&d, 0x5a, sizeof d);
    trigger_decide(&d, &c, &r.view);
    config_free(&c);
    return d;
}

struct verdict_case {
    const char *vars;
    enum verdict verdict;
};

static void assert_verdicts(const char *options, const struct verdict_case *cases,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct decision d = decide(options, cases[i].vars);
        if (d.verdict != cases[i].verdict)
            fail_msg("%d for %s", (int)d.verdict, cases[i].vars);
        if (d.verdict == VERDICT_PROFILE)
            assert_true(d.flagged);
    }
}

#define COUNT(cases) (sizeof(cases) / sizeof *(cases))

static void the_query_parameter_is_found_wherever_it_stands(void **state)
{
    (void)state;
    static const struct verdict_case cases[] = {
        {LOCAL "QUERY_STRING=profile", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=profile=", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=profile=1", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=q=x&profile", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=q=x&profile=txt&y=2", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=&&profile&", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=p&pr&profile=%6cog", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=profile=+log+%2C+txt+", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=profile=1&profile=nonsense", VERDICT_PROFILE},
        {LOCAL "QUERY_STRING=profile=nonsense&profile=1", VERDICT_NONE},
        {LOCAL "QUERY_STRING=xprofile=1", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profilex", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profilex=1&x=profile", VERDICT_NONE},
        {LOCAL "QUERY_STRING=a;profile=1", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile;a", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile=1;a", VERDICT_NONE},
        {LOCAL "QUERY_STRING=%70rofile=1", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile[]=1", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile=%2531", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile=%00", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profil", VERDICT_NONE},
        {LOCAL "QUERY_STRING=", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=profile=1", VERDICT_NONE},
        {LOCAL, VERDICT_NONE},
    };
    assert_verdicts("", cases, COUNT(cases));
}

static void the_header_is_found_by_its_variable(void **state)
{
    (void)state;
    static const struct verdict_case cases[] = {
        {LOCAL "HTTP_X_PROFILE=1", VERDICT_PROFILE},
        {LOCAL "HTTP_X_PROFILE=", VERDICT_PROFILE},
        {LOCAL "HTTP_X_PROFILE=log , txt", VERDICT_PROFILE},
        {LOCAL "HTTP_X_PROFILE=l%6fg", VERDICT_PROFILE},
        {"HTTP_X_PROFILE=1\n" LOCAL, VERDICT_PROFILE},
        {LOCAL "HTTP_X_PROFILE=nonsense\nHTTP_X_PROFILE=1", VERDICT_PROFILE},
        {LOCAL "HTTP_X_PROFILE=0", VERDICT_NONE},
        {LOCAL "HTTP_X_PROFILES=1", VERDICT_NONE},
        {LOCAL "X_PROFILE=1", VERDICT_NONE},
        {LOCAL "HTTP_X_PROFILE=1\nHTTP_X_PROFILE=nonsense", VERDICT_ERROR},
        {LOCAL "HTTP_X_PROFILE=log+txt", VERDICT_ERROR},
    };
    assert_verdicts("", cases, COUNT(cases));
}

static void the_cookie_is_found_among_others(void **state)
{
    (void)state;
    static const struct verdict_case cases[] = {
        {LOCAL "HTTP_COOKIE=profile=1", VERDICT_PROFILE},
        {LOCAL "HTTP_COOKIE=profile=", VERDICT_PROFILE},
        {LOCAL "HTTP_COOKIE=a=b; profile=log%2Ctxt; c=d", VERDICT_PROFILE},
        {LOCAL "HTTP_COOKIE=a=b;profile=\"log, txt\"", VERDICT_PROFILE},
        {LOCAL "HTTP_COOKIE=a; ;; profile= on ", VERDICT_PROFILE},
        {LOCAL "HTTP_COOKIE=profile=1; profile=nonsense", VERDICT_PROFILE},
        {LOCAL "HTTP_COOKIE=profile=nonsense; profile=1", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=profile", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=xprofile=1; profilex=1", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=a=profile=1", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=profile=\"1", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=profile=1+2", VERDICT_NONE},
        {LOCAL "HTTP_COOKIE=", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile=1\nHTTP_X_PROFILE=1", VERDICT_NONE},
    };
    assert_verdicts(COOKIE, cases, COUNT(cases));
}

static void the_first_flag_of_header_query_and_cookie_wins_whole(void **state)
{
    (void)state;
    static const struct {
        const char *vars;
        int64_t limit;
    } cases[] = {
        {LOCAL "HTTP_COOKIE=p=limit=3\nQUERY_STRING=p=limit=2\nHTTP_P=limit=1", 1},
        {LOCAL "HTTP_COOKIE=p=limit=3\nQUERY_STRING=p=limit=2", 2},
        {LOCAL "HTTP_COOKIE=p=limit=3\nQUERY_STRING=p=nonsense", 3},
        {LOCAL "HTTP_COOKIE=p=limit=3\nQUERY_STRING=p=log", -1},
        {LOCAL "HTTP_COOKIE=p=limit=3", 3},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decision d = decide(ALL_KINDS, cases[i].vars);
        assert_int_equal(d.verdict, VERDICT_PROFILE);
        assert_true(d.flag.choice.limit == cases[i].limit);
    }
}

static void an_accepted_flag_that_cannot_be_followed_is_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *vars, *error;
    } cases[] = {
        {LOCAL "HTTP_X_PROFILE=deep",
         "\"deep\" is not a word of a flag; words: "
         "deterministic, sampling, log, file, prof, txt, html, "
         "sort=KEY:KEY, limit=N, interval=1ms, on, off"},
        {LOCAL "QUERY_STRING=profile\nHTTP_X_PROFILE=a%0d%0aX-Evil:%201",
         "\"a\\x0d\\x0aX-Evil: 1\" is not a word of a flag; words: deterministic, "
         "sampling, log, file, prof, txt, html, sort=KEY:KEY, limit=N, interval=1ms, "
         "on, "
         "off"},
        {LOCAL "QUERY_STRING=profile=limit=x",
         "\"x\" is not a whole number for limit=; possible: 0 to 1000000000"},
        {LOCAL "QUERY_STRING=profile=prof%2Ctxt",
         "\"prof\" and \"txt\": only one format can be the answer"},
        {LOCAL "QUERY_STRING=profile=file",
         "\"file\" needs a directory, which profiler-dir sets"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decision d = decide("", cases[i].vars);
        assert_int_equal(d.verdict, VERDICT_ERROR);
        assert_true(d.flagged);
        assert_string_equal(d.error, cases[i].error);
    }
}

static void an_error_fits_into_one_header(void **state)
{
    (void)state;
    for (const char *c = "a,\n\x80%+="; *c; c++) {
        struct config config = make_config("");
        struct request r;
        struct decision d;
        struct buf value = {0};
        buf_add_char(&value, 'x'); /* a word that does not exist, whatever follows */
        buf_fill(&value, *c, 1024);
        make_request(&r, LOCAL "HTTP_X_PROFILE=");
        r.vars[5] = (struct iovec){value.data, value.len};
        trigger_decide(&d, &config, &r.view);
        assert_int_equal(d.verdict, VERDICT_ERROR);
        assert_in_range(strlen(d.error), 20, sizeof d.error - 1);
        for (const char *p = d.error; *p; p++)
            assert_in_range(*p, ' ', '~');
        buf_free(&value);
        config_free(&config);
    }
}

static void a_flag_that_is_too_long_is_told_its_length(void **state)
{
    (void)state;
    struct config config = make_config("");
    struct request r;
    struct decision d;
    struct buf value = {0};
    buf_fill(&value, 'a', 1025);
    make_request(&r, LOCAL "HTTP_X_PROFILE=");
    r.vars[5] = (struct iovec){value.data, value.len};
    trigger_decide(&d, &config, &r.view);
    assert_int_equal(d.verdict, VERDICT_ERROR);
    assert_string_equal(d.error, "a flag of 1025 bytes is too long: at most 1024");
    buf_free(&value);
    config_free(&config);
}

static void flags_of_strangers_are_counted_and_nothing_else(void **state)
{
    (void)state;
    static const char *const flags[] = {
        STRANGER "QUERY_STRING=profile",
        STRANGER "QUERY_STRING=profile=off",
        STRANGER "QUERY_STRING=profile=limit=x,file",
        STRANGER "HTTP_X_PROFILE=1",
        STRANGER "HTTP_X_PROFILE=nonsense",
        STRANGER "HTTP_X_PROFILE=1\nQUERY_STRING=profile",
        STRANGER "QUERY_STRING=profile\nPATH_INFO=/static/x",
    };
    for (size_t i = 0; i < COUNT(flags); i++) {
        struct decision d = decide("profiler-skip=^/static", flags[i]);
        assert_int_equal(d.verdict, VERDICT_DENIED);
        assert_str(d.denial.address, "10.1.2.3");
        assert_string_equal(d.denial.why, "not this machine: the address is not "
                                          "127.0.0.1 or ::1");
    }
    static const struct verdict_case others[] = {
        {STRANGER "QUERY_STRING=profile=nonsense", VERDICT_NONE},
        {STRANGER "QUERY_STRING=profiles", VERDICT_NONE},
        {STRANGER, VERDICT_NONE},
    };
    assert_verdicts("", others, COUNT(others));
}

static void the_log_learns_which_list_the_stranger_is_not_on(void **state)
{
    (void)state;
    struct config c = make_config("profiler-allow=192.168.0.0/16");
    struct request r;
    struct decision d;
    make_request(&r, STRANGER "QUERY_STRING=profile");
    trigger_decide(&d, &c, &r.view);
    assert_int_equal(d.verdict, VERDICT_DENIED);
    assert_string_equal(d.denial.why, "not in profiler-allow (192.168.0.0/16)");
    assert_string_equal(d.denial.advice, "set profiler-key");
    make_request(&r, "REMOTE_ADDR=192.168.1.1\nQUERY_STRING=profile");
    trigger_decide(&d, &c, &r.view);
    assert_int_equal(d.verdict, VERDICT_PROFILE);
    config_free(&c);
}

/* A request that is almost a flag gets the app's answer. It is logged if the client may
 * profile. */
static void what_is_almost_a_flag_is_told_for_those_who_may_profile(void **state)
{
    (void)state;
    struct decision d = decide("", LOCAL "QUERY_STRING=a&profile=samplng");
    assert_int_equal(d.verdict, VERDICT_NONE);
    assert_true(d.almost);
    assert_string_equal(d.error, "did you mean \"sampling\"?");
    d = decide("", LOCAL "QUERY_STRING=profile=sampling%2C1ms&x");
    assert_true(d.almost);
    assert_string_equal(d.error, "did you mean \"sampling,interval=1ms\"?");
    d = decide("profiler-trigger=query:profile\nprofiler-trigger=always",
               LOCAL "QUERY_STRING=profile=samplng");
    assert_int_equal(d.verdict, VERDICT_PROFILE);
    assert_true(d.almost);

    static const char *const silent[] = {
        LOCAL "QUERY_STRING=profile=alice",
        LOCAL "QUERY_STRING=profile=sampling",
        LOCAL "HTTP_COOKIE=profile=samplng",
        LOCAL "HTTP_SEC_PURPOSE=prefetch\nQUERY_STRING=profile=samplng",
        LOCAL "HTTP_X_PROFILE=nonsense\nQUERY_STRING=profile=samplng",
        STRANGER "QUERY_STRING=profile=samplng",
        STRANGER "QUERY_STRING=profile=sampling,1ms",
    };
    for (size_t i = 0; i < COUNT(silent); i++)
        assert_false(decide("", silent[i]).almost);
    assert_false(
        decide("profiler-key=sesame", LOCAL "QUERY_STRING=profile=samplng").almost);
}

/* The value of the first trigger is the app's; the second is a stranger's flag. */
static void a_parameter_of_the_apps_hides_no_denial(void **state)
{
    (void)state;
    struct decision d =
        decide("profiler-trigger=query:profile\nprofiler-trigger=cookie:p",
               STRANGER "QUERY_STRING=profile=alice\nHTTP_COOKIE=p=1");
    assert_int_equal(d.verdict, VERDICT_DENIED);
    assert_false(d.almost);
}

static void a_flag_without_any_address_is_denied(void **state)
{
    (void)state;
    struct decision d = decide("", "QUERY_STRING=profile");
    assert_int_equal(d.verdict, VERDICT_DENIED);
    assert_int_equal(d.denial.address.len, 0);
    assert_string_equal(d.denial.why, "the sender's address is not known");
}

static void prefetches_are_never_flagged(void **state)
{
    (void)state;
    static const struct verdict_case cases[] = {
        {LOCAL "QUERY_STRING=profile\nHTTP_SEC_PURPOSE=prefetch", VERDICT_NONE},
        {LOCAL "HTTP_X_PROFILE=nonsense\nHTTP_X_MOZ=prefetch", VERDICT_NONE},
        {STRANGER "QUERY_STRING=profile\nHTTP_PURPOSE=prefetch", VERDICT_NONE},
        {LOCAL "QUERY_STRING=profile\nHTTP_PURPOSE=other", VERDICT_PROFILE},
    };
    assert_verdicts("", cases, COUNT(cases));
    struct decision d = decide(ALWAYS, cases[0].vars);
    assert_int_equal(d.verdict, VERDICT_PROFILE);
    assert_false(d.flagged);
}

static void always_profiles_what_no_flag_decided(void **state)
{
    (void)state;
    static const struct {
        const char *vars;
        enum verdict verdict;
        bool flagged;
    } cases[] = {
        {LOCAL, VERDICT_PROFILE, false},
        {"", VERDICT_PROFILE, false},
        {STRANGER "QUERY_STRING=profile", VERDICT_PROFILE, false},
        {STRANGER "QUERY_STRING=profile=off", VERDICT_PROFILE, false},
        {LOCAL "QUERY_STRING=profile=nonsense", VERDICT_PROFILE, false},
        {LOCAL "QUERY_STRING=profile=txt", VERDICT_PROFILE, true},
        {LOCAL "QUERY_STRING=profile=off", VERDICT_NONE, false},
        {LOCAL "QUERY_STRING=profile=limit=x", VERDICT_ERROR, true},
        {LOCAL "PATH_INFO=/static/x", VERDICT_NONE, false},
        {LOCAL "PATH_INFO=/static/x\nQUERY_STRING=profile", VERDICT_ERROR, true},
        {STRANGER "PATH_INFO=/static/x\nQUERY_STRING=profile", VERDICT_DENIED, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decision d = decide(ALWAYS "profiler-skip=^/static", cases[i].vars);
        assert_int_equal(d.verdict, cases[i].verdict);
        if (d.verdict == VERDICT_PROFILE || d.verdict == VERDICT_ERROR) {
            assert_int_equal(d.flagged, cases[i].flagged);
            assert_int_equal(d.automatic, !cases[i].flagged);
        }
        if (d.verdict == VERDICT_PROFILE) {
            assert_int_equal(d.flag.choice.log_style,
                             cases[i].flagged ? LOG_TABLE : LOG_LINE);
            assert_int_equal(d.flag.choice.answer != NULL, cases[i].flagged);
        }
    }
}

/* A route that asks for sampling, applied to requests. */
static struct decision decide_routed(const char *options, const char *words,
                                     const char *vars)
{
    struct config c = make_config(options);
    struct request r;
    struct decision d;
    struct flag route;
    struct buf error = {0};
    assert_int_equal(flag_parse(&route, &c, str_from(words), &error), FLAG_OK);
    make_request(&r, vars);
    r.view.route = &route;
    trigger_decide(&d, &c, &r.view);
    config_free(&c);
    return d;
}

/* The page uses it in links to the same request with another flag. */
static void the_parameter_that_held_the_flag_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *vars, *parameter; /* NULL: no parameter */
    } cases[] = {
        {LOCAL "QUERY_STRING=a=1&_prof=sampling", "_prof"},
        {LOCAL "QUERY_STRING=profile=1&_prof=1", "profile"},
        {LOCAL "QUERY_STRING=profile=teapot&_prof=1", "_prof"},
        {LOCAL "QUERY_STRING=profile=teapot\nHTTP_X_PROFILE=1", NULL},
        {LOCAL "HTTP_X_PROFILE=1\nQUERY_STRING=a=1", NULL},
        {LOCAL "HTTP_COOKIE=profile=1", NULL},
        {LOCAL "QUERY_STRING=a=1", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct config c = make_config("profiler-trigger=query:profile\n"
                                      "profiler-trigger=query:_prof\n"
                                      "profiler-trigger=header:X-Profile\n"
                                      "profiler-trigger=cookie:profile\n"
                                      "profiler-trigger=always");
        struct request r;
        struct decision d;
        make_request(&r, cases[i].vars);
        trigger_decide(&d, &c, &r.view);
        assert_int_equal(d.verdict, VERDICT_PROFILE);
        if (cases[i].parameter)
            assert_str(d.parameter, cases[i].parameter);
        else
            assert_null(d.parameter.data);
        config_free(&c);
    }
}

static void a_route_profiles_what_no_flag_decided(void **state)
{
    (void)state;
    static const char *const both[] = {"", ALWAYS};
    for (size_t i = 0; i < COUNT(both); i++) {
        struct decision d = decide_routed(both[i], "sampling", LOCAL);
        assert_int_equal(d.verdict, VERDICT_PROFILE);
        assert_int_equal(d.flag.mode, MODE_SAMPLING);
        assert_int_equal(d.flag.choice.log_style, LOG_TABLE);
        assert_false(d.flagged || d.automatic || d.denied);
        d = decide_routed(both[i], "off", LOCAL);
        assert_int_equal(d.verdict, VERDICT_NONE);
        d = decide_routed(both[i], "sampling", LOCAL "QUERY_STRING=profile=off");
        assert_int_equal(d.verdict, VERDICT_NONE);
        d = decide_routed(both[i], "off", LOCAL "QUERY_STRING=profile=txt");
        assert_int_equal(d.verdict, VERDICT_PROFILE);
        assert_int_equal(d.flag.mode, MODE_DETERMINISTIC);
        assert_true(d.flagged);
        d = decide_routed(both[i], "sampling", STRANGER "QUERY_STRING=profile=off");
        assert_int_equal(d.verdict, VERDICT_PROFILE);
        assert_true(d.denied);
        assert_str(d.denial.address, "10.1.2.3");
    }
    struct decision d = decide_routed("profiler-skip=^/static", "sampling",
                                      LOCAL "PATH_INFO=/static/x");
    assert_int_equal(d.verdict, VERDICT_NONE);
}

static void upgrades_are_never_profiled(void **state)
{
    (void)state;
    static const char *const asking[] = {LOCAL "QUERY_STRING=p",
                                         LOCAL "HTTP_P=nonsense",
                                         LOCAL "HTTP_COOKIE=p=1", "P=1", LOCAL};
    static const char *const options[] = {ALL_KINDS "profiler-trigger=var:P",
                                          ALL_KINDS "profiler-trigger=always"};
    for (size_t i = 0; i < COUNT(asking); i++)
        for (size_t j = 0; j < COUNT(options); j++) {
            char vars[200];
            snprintf(vars, sizeof vars, "%s\nHTTP_UPGRADE=websocket", asking[i]);
            assert_int_equal(decide(options[j], vars).verdict, VERDICT_NONE);
        }
    struct decision d = decide_routed("", "sampling", "HTTP_UPGRADE=websocket");
    assert_int_equal(d.verdict, VERDICT_NONE);
    d = decide_routed("", "sampling", "HTTP_UPGRADE=h2c");
    assert_int_equal(d.verdict, VERDICT_PROFILE);
}

#define RATIO "profiler-trigger=query:profile\nprofiler-trigger=ratio:0.25\n"

static void a_ratio_profiles_some_of_what_no_flag_decided(void **state)
{
    (void)state;
    static const struct {
        const char *options, *vars;
        int least, most;
    } cases[] = {
        {RATIO, LOCAL, 2283, 2717}, /* 5 standard deviations */
        {RATIO, STRANGER "QUERY_STRING=profile", 2283, 2717},
        {RATIO, LOCAL "QUERY_STRING=profile=off", 0, 0},
        {RATIO "profiler-skip=^/x", LOCAL "PATH_INFO=/x", 0, 0},
        {RATIO "profiler-trigger=always", LOCAL, 10000, 10000},
        {"profiler-trigger=ratio:1", LOCAL, 10000, 10000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct config c = make_config(cases[i].options);
        struct request r;
        struct decision d;
        word64 draws = 1;
        int count = 0;
        make_request(&r, cases[i].vars);
        r.view.draws = &draws;
        for (int n = 0; n < 10000; n++) {
            trigger_decide(&d, &c, &r.view);
            if (d.verdict != VERDICT_PROFILE)
                continue;
            count++;
            assert_true(d.automatic && !d.flagged);
            assert_int_equal(d.flag.choice.log_style, LOG_LINE);
        }
        assert_in_range(count, cases[i].least, cases[i].most);
        config_free(&c);
    }
}

static void paths_decide_what_may_be_profiled(void **state)
{
    (void)state;
    static const char *const options = "profiler-path=^/a\nprofiler-path=\xc3\xa9\n"
                                       "profiler-skip=\\.css$\nprofiler-skip=^/a/b";
    static const char *const outside = "this path is not in profiler-path";
    static const char *const skipped = "this path is in profiler-skip";
    const struct {
        const char *path, *error;
    } cases[] = {
        {"PATH_INFO=/a", NULL},         {"PATH_INFO=/x/\xc3\xa9", NULL},
        {"PATH_INFO=/a\xff\xfe", NULL}, {"PATH_INFO=/x", outside},
        {"PATH_INFO=", outside},        {"X=", outside},
        {"PATH_INFO=/x.css", outside},  {"PATH_INFO=/a.css", skipped},
        {"PATH_INFO=/a/b", skipped},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf vars = {0};
        buf_printf(&vars, LOCAL "QUERY_STRING=profile\n%s", cases[i].path);
        struct decision d = decide(options, buf_cstr(&vars));
        buf_free(&vars);
        assert_int_equal(d.verdict, cases[i].error ? VERDICT_ERROR : VERDICT_PROFILE);
        if (cases[i].error)
            assert_string_equal(d.error, cases[i].error);
    }
    assert_int_equal(
        decide(options, LOCAL "QUERY_STRING=profile=0\nPATH_INFO=/x").verdict,
        VERDICT_NONE);
}

static void an_undecided_request_costs_no_more_than_the_verdict(void **state)
{
    (void)state;
    struct decision untouched, d = decide("", STRANGER "QUERY_STRING=q=x&p=profile");
    memset(&untouched, 0x5a, sizeof untouched);
    untouched.verdict = VERDICT_NONE;
    untouched.almost = false;
    assert_memory_equal(&d, &untouched, sizeof d);
}

static void huge_requests_are_read_within_their_bounds(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "&", "profile", "profile&profil", "%", ";p=", "p=\"", " "};
    struct config c = make_config(ALL_KINDS "profiler-trigger=query:profile");
    for (size_t i = 0; i < COUNT(patterns); i++) {
        struct buf value = {0};
        struct request r;
        struct decision d;
        while (value.len < 100000)
            buf_add_text(&value, patterns[i]);
        make_request(&r, LOCAL "QUERY_STRING=\nHTTP_COOKIE=");
        r.view.query = buf_str(&value);
        r.vars[7] = (struct iovec){value.data, value.len};
        trigger_decide(&d, &c, &r.view);
        buf_free(&value);
    }
    config_free(&c);
}

static void a_variable_is_the_last_of_its_name(void **state)
{
    (void)state;
    struct request r;
    make_request(&r, "A=1\nAB=2\nA=3\nB=");
    assert_str(request_var(&r.view, STR("A")), "3");
    assert_str(request_var(&r.view, STR("AB")), "2");
    assert_non_null(request_var(&r.view, STR("B")).data);
    assert_null(request_var(&r.view, STR("C")).data);
    r.view.var_count = 5; /* a name without a value */
    assert_str(request_var(&r.view, STR("A")), "1");
    r.view.var_count = 0;
    assert_null(request_var(&r.view, STR("A")).data);
}

static struct config sweep_config;

static bool decide_without_memory(void)
{
    struct request r;
    struct decision d;
    make_request(&r, LOCAL "HTTP_X_PROFILE=dee%70");
    trigger_decide(&d, &sweep_config, &r.view);
    assert_int_equal(d.verdict, VERDICT_ERROR);
    return strncmp(d.error, "\"deep\" is not a word", 20) != 0;
}

static void running_out_of_memory_profiles_nothing(void **state)
{
    (void)state;
    sweep_config = make_config("");
    oom_sweep(decide_without_memory);
    config_free(&sweep_config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_query_parameter_is_found_wherever_it_stands),
        cmocka_unit_test(the_parameter_that_held_the_flag_is_known),
        cmocka_unit_test(the_header_is_found_by_its_variable),
        cmocka_unit_test(the_cookie_is_found_among_others),
        cmocka_unit_test(the_first_flag_of_header_query_and_cookie_wins_whole),
        cmocka_unit_test(an_accepted_flag_that_cannot_be_followed_is_an_error),
        cmocka_unit_test(an_error_fits_into_one_header),
        cmocka_unit_test(a_flag_that_is_too_long_is_told_its_length),
        cmocka_unit_test(flags_of_strangers_are_counted_and_nothing_else),
        cmocka_unit_test(the_log_learns_which_list_the_stranger_is_not_on),
        cmocka_unit_test(what_is_almost_a_flag_is_told_for_those_who_may_profile),
        cmocka_unit_test(a_parameter_of_the_apps_hides_no_denial),
        cmocka_unit_test(a_flag_without_any_address_is_denied),
        cmocka_unit_test(prefetches_are_never_flagged),
        cmocka_unit_test(upgrades_are_never_profiled),
        cmocka_unit_test(always_profiles_what_no_flag_decided),
        cmocka_unit_test(a_route_profiles_what_no_flag_decided),
        cmocka_unit_test(a_ratio_profiles_some_of_what_no_flag_decided),
        cmocka_unit_test(paths_decide_what_may_be_profiled),
        cmocka_unit_test(an_undecided_request_costs_no_more_than_the_verdict),
        cmocka_unit_test(huge_requests_are_read_within_their_bounds),
        cmocka_unit_test(a_variable_is_the_last_of_its_name),
        cmocka_unit_test(running_out_of_memory_profiles_nothing),
    };
    return cmocka_run_group_tests_name("trigger", tests, NULL, NULL);
}
