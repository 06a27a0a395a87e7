#include "fuzz.h"

#include "base/utf8.h"
#include "report/formats.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_fail(const char *file, int line, const char *promise)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, promise);
    abort();
}

struct str fuzz_line(struct str *rest)
{
    struct str line;
    return str_split(rest, '\n', &line) ? line : STR("");
}

struct str fuzz_copy(struct str text)
{
    char *copy = malloc(text.len);
    CHECK(copy || text.len == 0);
    if (text.len)
        memcpy(copy, text.data, text.len);
    return (struct str){copy, text.len};
}

uint64_t fuzz_hash(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

struct config fuzz_config(const char *lines)
{
    struct config c;
    struct buf error = {0}, option = {0};
    struct str rest = str_from(lines);
    CHECK(options_init(&c, &report_formats));
    while (rest.len) {
        struct str value = fuzz_line(&rest), name;
        CHECK(str_split(&value, '=', &name));
        option.len = 0;
        buf_add_text(&option, "profiler-");
        buf_add_str(&option, name);
        CHECK(options_set(&c, buf_str(&option), value, &error));
    }
    CHECK(options_finish(&c, &error));
    buf_free(&option);
    buf_free(&error);
    return c;
}

void fuzz_configs(struct config *made, const char *const *lines, size_t count)
{
    for (size_t i = 0; !made[count - 1].formats && i < count; i++)
        made[i] = fuzz_config(lines[i]);
}

void fuzz_check_message(struct str message)
{
    CHECK(message.len > 0);
    for (size_t i = 0; i < message.len; i++)
        CHECK(message.data[i] >= ' ' && message.data[i] <= '~');
}

void fuzz_check_text(struct str text, bool newlines)
{
    while (text.len) {
        uint32_t code = 0;
        size_t len = utf8_char(text, &code);
        CHECK(len > 0);
        CHECK(!utf8_is_control(code) || (newlines && code == '\n'));
        text.data += len;
        text.len -= len;
    }
}

static struct iovec copy(struct str text)
{
    struct str copied = fuzz_copy(text);
    return (struct iovec){(void *)(uintptr_t)copied.data, copied.len};
}

struct fuzz_request *fuzz_request(struct str text)
{
    struct fuzz_request *r = calloc(1, sizeof *r);
    size_t count = 0;
    CHECK(r);
    while (text.len && count < 2 * FUZZ_VARS_MAX) {
        struct str value = fuzz_line(&text), name;
        if (!str_split(&value, '=', &name))
            name = STR("");
        r->vars[count++] = copy(name);
        r->vars[count++] = copy(value);
    }
    r->view = (struct request_view){.vars = r->vars, .var_count = count};
    r->view.method = request_var(&r->view, STR("REQUEST_METHOD"));
    r->view.path = request_var(&r->view, STR("PATH_INFO"));
    r->view.query = request_var(&r->view, STR("QUERY_STRING"));
    return r;
}

void fuzz_request_free(struct fuzz_request *r)
{
    for (size_t i = 0; i < r->view.var_count; i++)
        free(r->vars[i].iov_base);
    free(r);
}
