#include "support.h"

#include "profile/origin.h"

#include <stdlib.h>

static struct origins origins;

static const struct {
    const char *file, *name;
    enum origin origin;
    const char *library, *short_path;
} cases[] = {
    {"/srv/shop/shop/views.py", "f", ORIGIN_OWN, "", "shop/views.py"},
    {"/app.py", "f", ORIGIN_OWN, "", "/app.py"},
    {"shop/views.py", "f", ORIGIN_OWN, "", "shop/views.py"},
    {"app.py", "f", ORIGIN_OWN, "", "app.py"},
    {"", "f", ORIGIN_OWN, "", ""},
    {"/", "f", ORIGIN_OWN, "", "/"},
    {"/usr/share/shop/app.py", "f", ORIGIN_OWN, "", "shop/app.py"},
    {"/usr/local/shop/app.py", "f", ORIGIN_OWN, "", "shop/app.py"},
    {"/usr/lib/shop/app.py", "f", ORIGIN_OWN, "", "shop/app.py"},
    {"/srv/python3.11/app.py", "f", ORIGIN_OWN, "", "python3.11/app.py"},
    {"/srv/lib/python3/app.py", "f", ORIGIN_OWN, "", "python3/app.py"},
    {"/srv/lib/python3.11", "f", ORIGIN_OWN, "", "lib/python3.11"},
    {"/srv/site-packages", "f", ORIGIN_OWN, "", "srv/site-packages"},
    {"/srv/my-site-packages/a.py", "f", ORIGIN_OWN, "", "my-site-packages/a.py"},

    {"/v/lib/python3.11/site-packages/flask/app.py", "f", ORIGIN_LIBRARY, "flask",
     "flask/app.py"},
    {"/usr/lib/python3/dist-packages/six.py", "f", ORIGIN_LIBRARY, "six", "six.py"},
    {"/usr/local/lib/python3.11/dist-packages/google/cloud/a.py", "f", ORIGIN_LIBRARY,
     "google", "google/cloud/a.py"},
    {"/v/site-packages/Flask-1.0.egg/flask/app.py", "f", ORIGIN_LIBRARY, "flask",
     "flask/app.py"},
    {"/v/site-packages/pip/site-packages/x/y.py", "f", ORIGIN_LIBRARY, "x", "x/y.py"},
    {"site-packages/x.pyx", "f", ORIGIN_LIBRARY, "x.pyx", "x.pyx"},
    {"/site-packages/", "f", ORIGIN_LIBRARY, "", ""},
    {"<string>", "__init__", ORIGIN_LIBRARY, "", "<string>"},
    {"<stdin>", "f", ORIGIN_LIBRARY, "", "<stdin>"},
    {"<>", "f", ORIGIN_LIBRARY, "", "<>"},
    {"<template>", "root", ORIGIN_LIBRARY, "", "<template>"},
    {"<attrs generated init shop.Item>", "__init__", ORIGIN_LIBRARY, "",
     "<attrs generated init shop.Item>"},
    {"/srv/venv/src/tool/a.py", "f", ORIGIN_LIBRARY, "src", "src/tool/a.py"},
    {"/srv/venv/inner/src/a.py", "f", ORIGIN_LIBRARY, "src", "src/a.py"},
    {"/srv/venv2/src/a.py", "f", ORIGIN_OWN, "", "src/a.py"},
    {"/srv/venv/", "f", ORIGIN_OWN, "", "venv/"},

    {"/usr/lib/python3.11/json/decoder.py", "f", ORIGIN_STDLIB, "json",
     "json/decoder.py"},
    {"/usr/lib64/python3.14t/socket.py", "f", ORIGIN_STDLIB, "socket", "socket.py"},
    {"/srv/venv/lib/python3.11/re.py", "f", ORIGIN_STDLIB, "re", "re.py"},
    {"/u/lib/python3.8/lib-dynload/_x.py", "f", ORIGIN_STDLIB, "_x", "_x.py"},
    {"<frozen importlib._bootstrap>", "f", ORIGIN_STDLIB, "importlib",
     "<frozen importlib._bootstrap>"},
    {"<frozen os>", "f", ORIGIN_STDLIB, "os", "<frozen os>"},
    {"<frozen >", "f", ORIGIN_STDLIB, "", "<frozen >"},

    {"~", "<built-in method time.sleep>", ORIGIN_BUILTIN, "time", "~"},
    {"~", "<built-in method builtins.len>", ORIGIN_BUILTIN, "builtins", "~"},
    {"~", "<built-in method a.b.c>", ORIGIN_BUILTIN, "a", "~"},
    {"~", "<built-in method f>", ORIGIN_BUILTIN, "", "~"},
    {"~", "<built-in method __new__ of type object at 0.1>", ORIGIN_BUILTIN, "", "~"},
    {"~", "<method 'append' of 'list' objects>", ORIGIN_BUILTIN, "", "~"},
    {"~", "", ORIGIN_BUILTIN, "", "~"},
};

/* Makes a table with one function. */
static struct functab only(const char *file, const char *name)
{
    struct functab t = {0};
    bool builtin = !strcmp(file, "~");
    uint32_t id = functab_intern(&t, str_from(file), builtin ? 0 : 7, str_from(name));
    assert_int_equal(id, 0);
    return t;
}

static void each_place_says_whose_code_it_is(void **state)
{
    (void)state;
    const struct origin_rules rules = {.origins = &origins};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct functab t = only(cases[i].file, cases[i].name);
        struct str library = STR("stale");
        enum origin origin = origin_of(&rules, &t, 0, &library);
        if (origin != cases[i].origin)
            print_error("%s is of origin %d\n", cases[i].file, (int)origin);
        assert_int_equal(origin, cases[i].origin);
        assert_str(library, cases[i].library);
        assert_str(origin_short_path(&origins, str_from(cases[i].file)),
                   cases[i].short_path);
        functab_free(&t);
    }
}

static void apps_places_are_own_code(void **state)
{
    (void)state;
    static const struct {
        const char *place, *file;
        enum origin origin;
    } placed[] = {
        {"/srv/venv/project", "/srv/venv/project/shop/views.py", ORIGIN_OWN},
        {"/srv/venv/project/.", "/srv/venv/project/./app.py", ORIGIN_OWN},
        {"/srv/venv/project", "/srv/venv/projects/app.py", ORIGIN_LIBRARY},
        {"/srv/venv/project", "/srv/venv/project/site-packages/six.py", ORIGIN_LIBRARY},
        {"/srv/venv", "/srv/venv/app.py", ORIGIN_OWN},
        {"/srv/venv", "/srv/venv/lib/python3.11/site-packages/six.py", ORIGIN_LIBRARY},
        {"/srv/venv", "/srv/venv/lib/python3.11/re.py", ORIGIN_STDLIB},
        {"/srv", "/srv/venv/src/tool/a.py", ORIGIN_LIBRARY},
        {"/", "/srv/venv/src/tool/a.py", ORIGIN_LIBRARY},
        {"/v/site-packages/shop", "/v/site-packages/shop/a.py", ORIGIN_OWN},
        {"/v/site-packages/shop", "/v/site-packages/shopping/a.py", ORIGIN_LIBRARY},
        {"/v/site-packages/shop.py", "/v/site-packages/shop.py", ORIGIN_OWN},
        {"/v/site-packages/shop", "/v/site-packages/shop/site-packages/six.py",
         ORIGIN_LIBRARY},
        {"/v/site-packages", "/v/site-packages/flask/app.py", ORIGIN_LIBRARY},
        {"/v/site-packages/", "/v/site-packages/flask/app.py", ORIGIN_LIBRARY},
        {"/v/lib/python3.11", "/v/lib/python3.11/re.py", ORIGIN_STDLIB},
        {"/v/lib/python3.11/shop", "/v/lib/python3.11/shop/re.py", ORIGIN_OWN},
        {"", "/v/site-packages/flask/app.py", ORIGIN_LIBRARY},
    };
    for (size_t i = 0; i < sizeof placed / sizeof *placed; i++) {
        struct origins o = {0};
        const struct origin_rules rules = {.origins = &o};
        struct str library;
        assert_true(origins_add(&o, STR("/srv/venv")));
        origins_add_own(&o, str_from(placed[i].place));
        origins_add_own(&o, str_from(placed[i].place)); /* twice is once */
        assert_true(o.own_count <= 1);
        struct functab t = only(placed[i].file, "f");
        enum origin origin = origin_of(&rules, &t, 0, &library);
        if (origin != placed[i].origin)
            fail_msg("%s below %s is of origin %d", placed[i].file, placed[i].place,
                     (int)origin);
        functab_free(&t);
        origins_free(&o);
    }
}

static void a_module_says_where_its_app_is(void **state)
{
    (void)state;
    static const struct {
        const char *name, *file, *place;
    } modules[] = {
        {"app", "/srv/shop/app.py", "/srv/shop"},
        {"shop.wsgi", "/srv/src/shop/wsgi.py", "/srv/src"},
        {"shop", "/srv/src/shop/__init__.py", "/srv/src"},
        {"a.b.c", "/srv/src/a/b/c/__init__.pyc", "/srv/src"},
        {"app", "/srv/shop/./app.py", "/srv/shop"},
        {"shop.wsgi", "/v/site-packages/shop/wsgi.py", "/v/site-packages/shop"},
        {"acme.shop.wsgi", "/v/dist-packages/acme/shop/wsgi.py",
         "/v/dist-packages/acme"},
        {"shop", "/v/site-packages/shop/__init__.py", "/v/site-packages/shop"},
        {"shop", "/v/site-packages/shop.py", "/v/site-packages/shop.py"},
        {"shop.wsgi", "/v/shop-1.0.egg/shop/wsgi.pyc", "/v/shop-1.0.egg/shop"},
        {"shop.wsgi", "/srv/app.pyz/shop/wsgi.py", "/srv/app.pyz"},
        {"uwsgi_file__srv_app_py", "/srv/app.py", "/srv"},
        {"app", "/app.py", NULL},
        {"a.b.c.d", "/a/b.py", NULL},
        {"app", "app.py", NULL},
        {"app", "", NULL},
        {"", "/srv/app.py", "/srv"},
    };
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        struct origins o = {0};
        origins_add_module(&o, str_from(modules[i].name), str_from(modules[i].file));
        assert_int_equal(o.own_count, modules[i].place != NULL);
        if (modules[i].place)
            assert_string_equal(o.own[0], modules[i].place);
        origins_free(&o);
    }
}

static void places_have_a_limit(void **state)
{
    (void)state;
    struct origins o = {0};
    for (int i = 0; i < ORIGIN_PLACES_MAX + 3; i++) {
        char place[20] = "/srv/a0";
        place[5] = (char)('a' + i / 10);
        place[6] = (char)('0' + i % 10);
        origins_add_own(&o, str_from(place));
    }
    assert_int_equal(o.own_count, ORIGIN_PLACES_MAX);
    origins_free(&o);
}

static void where_nothing_is_own_code_all_can_be(void **state)
{
    (void)state;
    struct origin_rules rules = {.origins = &origins};
    struct functab t = {0};
    struct str library;
    assert_true(origin_has_own(&rules, &t));
    functab_intern(&t, STR("~"), 0, STR("<built-in method builtins.len>"));
    assert_true(origin_has_own(&rules, &t)); /* and no library's function */
    functab_intern(&t, STR("/v/site-packages/six.py"), 1, STR("f"));
    functab_intern(&t, STR("/usr/lib/python3.11/re.py"), 1, STR("f"));
    assert_false(origin_has_own(&rules, &t));
    rules.all_own = true;
    assert_int_equal(origin_of(&rules, &t, 0, &library), ORIGIN_BUILTIN);
    assert_int_equal(origin_of(&rules, &t, 1, &library), ORIGIN_OWN);
    assert_int_equal(origin_of(&rules, &t, 2, &library), ORIGIN_OWN);
    rules.all_own = false;
    functab_intern(&t, STR("/srv/shop/a.py"), 1, STR("f"));
    assert_true(origin_has_own(&rules, &t));
    functab_free(&t);
}

static void without_prefixes_the_usual_places_are_known(void **state)
{
    (void)state;
    const struct origin_rules none = {0};
    struct str library;
    struct functab t = only("/srv/venv/src/tool/a.py", "f");
    assert_int_equal(origin_of(&none, &t, 0, &library), ORIGIN_OWN);
    functab_free(&t);
    t = only("/srv/venv/lib/python3.11/re.py", "f");
    assert_int_equal(origin_of(&none, &t, 0, &library), ORIGIN_STDLIB);
    assert_str(library, "re");
    assert_int_equal(origin_of(&none, &t, FUNCTAB_NONE, &library), ORIGIN_SYNTHETIC);
    assert_str(library, "");
    functab_free(&t);
    assert_str(origin_short_path(NULL, STR("/usr/lib/python3.11/re.py")), "re.py");
}

static struct regex *compile(const char *pattern)
{
    struct buf error = {0};
    struct regex *r = regex_compile(str_from(pattern), &error);
    assert_non_null(r);
    return r;
}

static void rules_move_functions_and_hide_prevails(void **state)
{
    (void)state;
    static const struct {
        const char *file, *name;
        enum origin origin;
        const char *library;
    } ruled[] = {
        {"/v/site-packages/company/a.py", "f", ORIGIN_OWN, ""},
        {"/v/site-packages/company/a.py", "secret", ORIGIN_LIBRARY, "company"},
        {"/usr/lib/python3.11/company/a.py", "secret", ORIGIN_STDLIB, "company"},
        {"/srv/shop/a.py", "secret", ORIGIN_LIBRARY, "shop"},
        {"/srv/shop/a.py", "public", ORIGIN_OWN, ""},
        {"a.py", "secret", ORIGIN_LIBRARY, ""},
        {"~", "<built-in method company.f>", ORIGIN_OWN, ""},
        {"~", "<built-in method company.secret>", ORIGIN_BUILTIN, "company"},
    };
    struct regex *shown[] = {compile("nowhere"), compile("company")};
    struct regex *hidden[] = {compile(":7\\(secret|company.secret")};
    const struct regex_list show = {shown, 2}, hide = {hidden, 1};
    const struct origin_rules rules = {&origins, &show, &hide, false};
    for (size_t i = 0; i < sizeof ruled / sizeof *ruled; i++) {
        struct functab t = only(ruled[i].file, ruled[i].name);
        struct str library;
        assert_int_equal(origin_of(&rules, &t, 0, &library), ruled[i].origin);
        assert_str(library, ruled[i].library);
        functab_free(&t);
    }
    regex_free(shown[0]);
    regex_free(shown[1]);
    regex_free(hidden[0]);
}

static void own_code_that_hides_itself_is_folded(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum origin origin;
        const char *library;
    } folded[] = {
        {"/srv/shop/a.py", ORIGIN_LIBRARY, "shop"},
        {"/v/site-packages/flask/app.py", ORIGIN_LIBRARY, "flask"},
        {"/usr/lib/python3.11/json/decoder.py", ORIGIN_STDLIB, "json"},
    };
    const struct origin_rules rules = {.origins = &origins};
    for (size_t i = 0; i < sizeof folded / sizeof *folded; i++) {
        struct functab t = only(folded[i].file, "f");
        struct str library;
        enum origin before = origin_of(&rules, &t, 0, &library);
        assert_int_equal(origin_folded(&rules, &t, 0, &library), before);
        functab_set_hidden(&t, 0, true);
        assert_int_equal(origin_folded(&rules, &t, 0, &library), folded[i].origin);
        assert_str(library, folded[i].library);
        assert_int_equal(origin_of(&rules, &t, 0, &library), before);
        functab_free(&t);
    }
}

static void prefixes_are_kept_once_and_without_slash(void **state)
{
    (void)state;
    struct origins o = {0};
    assert_true(origins_add(&o, STR("/opt/python/")));
    assert_true(origins_add(&o, STR("/opt/python")));
    assert_true(origins_add(&o, STR("/")));
    assert_true(origins_add(&o, STR("")));
    assert_true(origins_add(&o, STR("/opt")));
    assert_int_equal(o.count, 2);
    assert_string_equal(o.prefixes[0], "/opt/python");
    assert_string_equal(o.prefixes[1], "/opt");
    origins_free(&o);
    assert_int_equal(o.count, 0);
}

static bool add_prefixes(void)
{
    struct origins o = {0};
    bool ok = origins_add(&o, STR("/opt/a")) && origins_add(&o, STR("/opt/b"));
    for (size_t i = 0; i < o.count; i++)
        assert_non_null(o.prefixes[i]);
    origins_free(&o);
    return !ok;
}

static struct functab hidden_func;
static struct origin_rules hide_rules;

/* No memory for the display name: the rules are ignored. */
static bool hide_one(void)
{
    struct str library;
    return origin_of(&hide_rules, &hidden_func, 0, &library) == ORIGIN_OWN;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(add_prefixes);

    struct regex *pattern[] = {compile("shop")};
    const struct regex_list hide = {pattern, 1};
    hidden_func = only("/srv/shop/a.py", "f");
    hide_rules = (struct origin_rules){.hide = &hide};
    oom_sweep(hide_one);
    functab_free(&hidden_func);
    regex_free(pattern[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_place_says_whose_code_it_is),
        cmocka_unit_test(apps_places_are_own_code),
        cmocka_unit_test(a_module_says_where_its_app_is),
        cmocka_unit_test(places_have_a_limit),
        cmocka_unit_test(where_nothing_is_own_code_all_can_be),
        cmocka_unit_test(without_prefixes_the_usual_places_are_known),
        cmocka_unit_test(rules_move_functions_and_hide_prevails),
        cmocka_unit_test(own_code_that_hides_itself_is_folded),
        cmocka_unit_test(prefixes_are_kept_once_and_without_slash),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    const char *const prefixes[] = {"/usr", "/usr/local", "/srv/venv",
                                    "/srv/venv/inner"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!origins_add(&origins, str_from(prefixes[i])))
            return 1;
    int failed = cmocka_run_group_tests_name("origin", tests, NULL, NULL);
    origins_free(&origins);
    return failed;
}
