/* Tests every line of tests/access/table.txt, which describes its format. */
#include "request.h"

#include "system/clock.h"
#include "gate/signature.h"

#include <stdio.h>
#include <stdlib.h>

#define KEY "sesame-open-0123"
#define OTHER_KEY "sesame-open-0124"
#define TRIGGERS                                                                       \
    "profiler-trigger=query:profile\nprofiler-trigger=header:X-Profile\n"              \
    "profiler-trigger=cookie:prof\nprofiler-trigger=var:PROFILE\n"

static bool take(struct str *text, const char *prefix)
{
    struct str start = str_from(prefix);
    if (!str_starts(*text, start))
        return false;
    *text = (struct str){text->data + start.len, text->len - start.len};
    return true;
}

/* Adds a signature, with the error that the line asks for. */
static void add_signature(struct buf *flag, size_t start, struct str how)
{
    struct secret secret = {0};
    struct buf text = {0}, error = {0};
    uint8_t signature[SIGNATURE_BYTES];
    struct str value = {flag->data + start, flag->len - start};
    if (value.len && value.data[value.len - 1] == ',')
        value.len--;
    if (str_equal(how, STR("value")))
        value = STR("txt");
    assert_true(secret_set(
        &secret, str_equal(how, STR("secret")) ? STR(OTHER_KEY) : STR(KEY), &error));
    buf_printf(&text, "%s\n%s\n", str_equal(how, STR("method")) ? "POST" : "GET",
               str_equal(how, STR("path")) ? "/other" : "/hello");
    buf_add_str(&text, value);
    assert_true(signature_make(&secret, buf_str(&text), signature));
    buf_add_text(flag, "sig=");
    for (size_t i = 0; i < SIGNATURE_BYTES; i++)
        buf_printf(flag, str_equal(how, STR("upper")) ? "%02X" : "%02x", signature[i]);
    if (str_equal(how, STR("short")))
        flag->len--;
    buf_free(&text);
}

/* Adds the value of a flag, with its @... words filled in. */
static void add_value(struct buf *out, struct str value)
{
    size_t start = out->len;
    int64_t now_s = (int64_t)(clock_ns(CLOCK_REALTIME) / 1000000000);
    while (value.len) {
        struct str how = {"", 0};
        if (take(&value, "@KEY")) {
            buf_add_text(out, KEY);
        } else if (take(&value, "@sig")) {
            if (take(&value, "("))
                assert_true(str_split(&value, ')', &how));
            add_signature(out, start, how);
        } else if (take(&value, "@")) {
            char *end;
            long seconds = strtol(value.data, &end, 10);
            buf_printf(out, "%lld", (long long)(now_s + seconds));
            value.len -= (size_t)(end - value.data);
            value.data = end;
        } else {
            buf_add_char(out, *value.data++);
            value.len--;
        }
    }
}

/* The next item of a list separated by " ; ". */
static bool next_item(struct str *rest, struct str *item)
{
    while (str_split(rest, ';', item)) {
        *item = str_trim(*item);
        if (item->len && !str_equal(*item, STR("-")))
            return true;
    }
    return false;
}

static void add_variable(struct buf *vars, const char *name, struct str value)
{
    if (str_equal(value, STR("-")))
        return;
    buf_printf(vars, "%s=", name);
    buf_add_str(vars, value);
    buf_add_char(vars, '\n');
}

static void add_flag(struct buf *vars, struct str flag)
{
    if (take(&flag, "header="))
        buf_add_text(vars, "HTTP_X_PROFILE=");
    else if (take(&flag, "cookie="))
        buf_add_text(vars, "HTTP_COOKIE=prof=");
    else if (take(&flag, "query="))
        buf_add_text(vars, "QUERY_STRING=profile=");
    else if (take(&flag, "var="))
        buf_add_text(vars, "PROFILE=");
    else
        fail_msg("no such trigger: %.*s", (int)flag.len, flag.data);
    add_value(vars, flag);
    buf_add_char(vars, '\n');
}

static const char *decision_of(const struct config *c, const char *vars)
{
    struct request r;
    struct decision d;
    make_request(&r, vars);
    trigger_decide(&d, c, &r.view);
    switch (d.verdict) {
    case VERDICT_PROFILE:
        return "profiled";
    case VERDICT_ERROR:
        return "error";
    case VERDICT_DENIED:
        return "ignored";
    case VERDICT_NONE:
        break;
    }
    return "none or off";
}

static void check(const struct config *c, struct str line)
{
    struct str rest = line, column[5], item;
    struct buf vars = {0};
    for (size_t i = 0; i < 5; i++) {
        assert_true(str_split(&rest, '|', &column[i]));
        column[i] = str_trim(column[i]);
    }
    buf_add_text(&vars, "REQUEST_METHOD=GET\nREQUEST_URI=/hello?x\n");
    add_variable(&vars, "REMOTE_ADDR", column[0]);
    while (next_item(&column[1], &item)) {
        buf_add_text(&vars, "HTTP_");
        buf_add_str(&vars, item);
        buf_add_char(&vars, '\n');
    }
    add_variable(&vars, "HTTP_HOST", column[2]);
    while (next_item(&column[3], &item))
        add_flag(&vars, item);
    const char *decision = decision_of(c, buf_cstr(&vars));
    struct str expected = column[4];
    if (str_equal(expected, STR("none")) || str_equal(expected, STR("off")))
        expected = STR("none or off");
    if (!str_equal(expected, str_from(decision)))
        fail_msg("%s for %.*s", decision, (int)line.len, line.data);
    buf_free(&vars);
}

/* "profiler-key = @KEY" */
static void add_option(struct buf *options, struct str line)
{
    struct str name;
    assert_true(str_split(&line, '=', &name));
    buf_add_str(options, str_trim(name));
    buf_add_char(options, '=');
    add_value(options, str_trim(line));
    buf_add_char(options, '\n');
}

static void every_request_of_the_table_is_decided_as_it_says(void **state)
{
    (void)state;
    FILE *file = fopen("tests/access/table.txt", "r");
    char line[1024];
    struct buf options = {0};
    int checked = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        struct str text = {line, strcspn(line, "\n")};
        if (*line == '[') {
            buf_free(&options);
            buf_add_text(&options, TRIGGERS);
        } else if (str_starts(text, STR("profiler-"))) {
            add_option(&options, text);
        } else if (text.len && *line != '#') {
            struct config c = make_config(buf_cstr(&options));
            check(&c, text);
            config_free(&c);
            checked++;
        }
    }
    fclose(file);
    buf_free(&options);
    assert_true(checked >= 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_of_the_table_is_decided_as_it_says),
    };
    return cmocka_run_group_tests_name("access table", tests, NULL, NULL);
}
