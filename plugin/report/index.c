#include "index.h"

#include "decimal.h"
#include "json.h"

#include <inttypes.h>

static void add_key(struct buf *out, const char *key)
{
    buf_printf(out, ",\"%s\":", key);
}

static void add_text(struct buf *out, const char *key, struct str value)
{
    add_key(out, key);
    json_string(out, value);
}

static void add_time(struct buf *out, int64_t started_us)
{
    /* a clock set before 1970 is no time to remember */
    int64_t us = started_us > 0 ? started_us : 0;
    add_key(out, "time");
    buf_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

static void add_status(struct buf *out, int status)
{
    add_key(out, "status");
    if (status)
        buf_printf(out, "%d", status);
    else
        buf_add_text(out, "null");
}

static void add_exception(struct buf *out, struct str exception)
{
    add_key(out, "exception");
    if (exception.data)
        json_string(out, exception);
    else
        buf_add_text(out, "null");
}

static void add_files(struct buf *out, const struct str *files, size_t count)
{
    add_key(out, "files");
    buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_char(out, ',');
        json_string(out, files[i]);
    }
    buf_add_char(out, ']');
}

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out)
{
    buf_add_text(out, "{\"id\":");
    json_string(out, str_from(p->id));
    add_time(out, p->started_us);
    add_text(out, "method", p->method);
    add_text(out, "path", p->path);
    add_text(out, "query", p->query);
    add_status(out, p->status);
    add_key(out, "elapsed_ms");
    decimal_add_ms(out, p->wall_ns);
    add_text(out, "mode", str_from(mode_name(p->mode)));
    add_exception(out, p->exception);
    add_files(out, files, file_count);
    buf_printf(out, ",\"bytes\":%" PRIu64 "}\n", bytes);
    return !out->failed;
}
