/* request.h -- requests and configurations from text, for the tests of triggers. */

#ifndef TEST_REQUEST_H
#define TEST_REQUEST_H

#include "support.h"

#include "gate/trigger.h"
#include "options/options.h"

#define VARS_MAX 40

static const struct format test_formats[] = {
    {.name = "prof"}, {.name = "txt"}, {.name = "html"}};
static const struct format_table test_table = {test_formats, 3};

struct request {
    struct iovec vars[2 * VARS_MAX];
    struct request_view view;
};

/* Makes a request from "NAME=value" lines. vars must outlive it. */
static inline void make_request(struct request *r, const char *vars)
{
    struct str rest = str_from(vars), value, name;
    size_t count = 0;
    while (rest.len && str_split(&rest, '\n', &value)) {
        assert_true(count + 2 <= 2 * VARS_MAX);
        assert_true(str_split(&value, '=', &name));
        r->vars[count].iov_base = (void *)(uintptr_t)name.data;
        r->vars[count++].iov_len = name.len;
        r->vars[count].iov_base = (void *)(uintptr_t)value.data;
        r->vars[count++].iov_len = value.len;
    }
    r->view = (struct request_view){.vars = r->vars, .var_count = count};
    r->view.method = request_var(&r->view, STR("REQUEST_METHOD"));
    r->view.path = request_var(&r->view, STR("PATH_INFO"));
    r->view.query = request_var(&r->view, STR("QUERY_STRING"));
}

/* Makes a configuration from "profiler-dir=/tmp" lines, which must all be valid. */
static inline struct config make_config(const char *lines)
{
    struct config c;
    struct buf error = {0};
    struct str rest = str_from(lines), value, name;
    assert_true(options_init(&c, &test_table));
    while (rest.len && str_split(&rest, '\n', &value)) {
        assert_true(str_split(&value, '=', &name));
        assert_true(options_set(&c, name, value, &error));
    }
    assert_true(options_finish(&c, &error));
    buf_free(&error);
    return c;
}

#endif
