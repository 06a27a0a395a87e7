#include "support.h"

#include "browse/reply.h"
#include "report/formats.h"
#include "store/dir.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define ID "0123456789abcdef"
#define LINE                                                                           \
    "{\"id\":\"" ID "\",\"time\":1900000000.5,\"method\":\"GET\",\"path\":"            \
    "\"/orders/42\",\"query\":\"\",\"status\":200,\"elapsed_ms\":1.5,\"mode\":"        \
    "\"sampling\",\"exception\":null,\"notices\":[],\"files\":[\"a.json\",\"b.prof\"]" \
    ",\"bytes\":9}\n"

static char place[] = "/tmp/profiler-reply-XXXXXX";
static struct config config = {.formats = &report_formats};

static int make_place(void **state)
{
    (void)state;
    static char prefix[] = "/site/_profiles";
    int dir = mkdtemp(place) ? open(place, O_RDONLY | O_DIRECTORY) : -1;
    config.dir = place;
    config.browse = prefix;
    bool ok = dir >= 0 && dir_write_new(dir, "index.jsonl", 0600, STR(LINE)) &&
              dir_write_new(dir, "a.json", 0600, STR("{\"a\":\"<b>\"}"));
    close(dir);
    return ok ? 0 : -1;
}

static int remove_place(void **state)
{
    (void)state;
    remove_tree(place);
    return 0;
}

static void make(struct reply *reply, const char *below, const char *query)
{
    struct target t = target_parse(str_from(below), &report_formats);
    const struct recording recording = {.has_app = true, .taken = 7};
    reply_make(reply, &config, &t, str_from(query), &recording);
}

static void read_body(struct reply *reply, struct buf *out)
{
    struct str block;
    while (body_next(&reply->body, &block))
        buf_add_str(out, block);
}

static bool contains(const struct buf *text, const char *part)
{
    return memmem(text->data, text->len, part, strlen(part));
}

static void each_target_has_its_answer(void **state)
{
    (void)state;
    static const struct {
        const char *below, *status, *part;
    } cases[] = {
        {"/", "200 OK", "<title>Profiles</title>"},
        {"/merge", "200 OK", "id=\"shelf\">{\"page\":\"merge\"}</script>"},
        {"/compare", "200 OK", "id=\"profile\">null</script>"},
        {"/index.json", "200 OK", "\"" ID "\""},
        {"/" ID, "200 OK", "{\"page\":\"profile\",\"id\":\"" ID "\",\"route\":"},
        {"/" ID, "200 OK", "id=\"profile\">{\"a\":\"\\u003cb>\"}</script>"},
        {"/" ID ".json", "200 OK", "{\"a\":\"<b>\"}"},
        {"/" ID ".prof", "410 Gone", "its file .prof is not there any more\n"},
        {"/" ID ".txt", "404 Not Found", "its file .txt was never written"},
        {"/fedcba9876543210", "404 Not Found", "the index has no such profile\n"},
        {"/flag.json", "200 OK",
         "{\"v\":1,\"app\":true,\"possible\":true,\"cookie\":null,\"most\":0,\"taken\":"
         "7}"},
        {"/x", "404 Not Found", "no such page"},
        {"", "303 See Other", "at another place"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reply reply;
        struct buf body = {0};
        make(&reply, cases[i].below, "");
        uint64_t length = reply.body.length;
        read_body(&reply, &body);
        assert_string_equal(reply.status, cases[i].status);
        assert_int_equal(body.len, length);
        if (!contains(&body, cases[i].part))
            fail_msg("%s: %.300s", cases[i].below, buf_cstr(&body));
        buf_free(&body);
        reply_free(&reply);
    }
}

static void check_recording(const struct config *c, bool has_app, const char *expected)
{
    const struct recording recording = {.has_app = has_app};
    struct buf out = {0};
    recording_write(&recording, c, &out);
    assert_non_null(strstr(buf_cstr(&out), expected));
    buf_free(&out);
}

/* A script can set a cookie, but not prove a key; and without an app there is nothing
 * to profile. */
static void the_flag_has_a_cookie_and_no_key(void **state)
{
    (void)state;
    struct config c = {.max_per_minute = 60};
    struct buf error = {0};
    assert_true(triggers_add(&c.triggers, STR("query:profile"), &error));
    assert_true(triggers_add(&c.triggers, STR("cookie:prof"), &error));
    check_recording(&c, true, "\"possible\":true,\"cookie\":\"prof\",\"most\":60,");
    check_recording(&c, false, "\"app\":false,\"possible\":false,");
    assert_true(secret_set(&c.key, STR("0123456789abcdef"), &error));
    check_recording(&c, true, "\"possible\":false,");
    triggers_free(&c.triggers);
    buf_free(&error);
}

static void check_redirect(const char *query, struct str without, const char *location)
{
    struct reply reply;
    reply_redirect(&reply, STR("./"), str_from(query), without);
    assert_string_equal(buf_cstr(&reply.location), location);
    reply_free(&reply);
}

static void a_redirect_keeps_the_rest_of_the_query(void **state)
{
    (void)state;
    const struct str none = {NULL, 0}, profile = STR("profile");
    check_redirect("", none, "./");
    check_redirect("a=1&b=2", none, "./?a=1&b=2");
    check_redirect("&&a=1&&", none, "./?a=1");
    check_redirect("profile=x", none, "./?profile=x");
    check_redirect("profile=x", profile, "./");
    check_redirect("profile", profile, "./");
    check_redirect("a=1&profile=x&b=2&profile=y", profile, "./?a=1&b=2");
    check_redirect("profiles=1&=profile", profile, "./?profiles=1&=profile");
    check_redirect("a=%0d%0aX:1", none, "./?a=%0d%0aX:1");
    check_redirect("a=1\r\nX: 1", none, "./");
    check_redirect("a=1 b", none, "./");
    check_redirect("a=<b>", none, "./");
    check_redirect("a=\xc3\xa4", none, "./");
}

static void the_bare_path_leads_to_its_last_part(void **state)
{
    (void)state;
    struct reply reply;
    make(&reply, "", "q=1");
    assert_string_equal(buf_cstr(&reply.location), "_profiles/?q=1");
    reply_free(&reply);
}

static const char *swept;

static bool make_one(void)
{
    struct reply reply;
    struct buf body = {0};
    make(&reply, swept, "limit=1");
    read_body(&reply, &body);
    bool failed = reply.body.failed || reply.location.failed ||
                  reply.disposition.failed || body.failed ||
                  !strncmp(reply.status, "503", 3) || oom_injected();
    reply_free(&reply);
    buf_free(&body);
    return failed;
}

static void without_memory_no_answer_is_made(void **state)
{
    (void)state;
    static const char *const targets[] = {"/",    "/merge",       "/index.json", "",
                                          "/" ID, "/" ID ".json", "/" ID ".prof"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        swept = targets[i];
        oom_sweep(make_one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_target_has_its_answer),
        cmocka_unit_test(the_flag_has_a_cookie_and_no_key),
        cmocka_unit_test(a_redirect_keeps_the_rest_of_the_query),
        cmocka_unit_test(the_bare_path_leads_to_its_last_part),
        cmocka_unit_test(without_memory_no_answer_is_made),
    };
    return cmocka_run_group_tests_name("reply", tests, make_place, remove_place);
}
