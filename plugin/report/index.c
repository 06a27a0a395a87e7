#include "index.h"

#include "decimal.h"
#include "json.h"

#include <inttypes.h>

static void add_time(struct buf *out, int64_t started_us)
{
    /* a clock set before 1970 is no time to remember */
    int64_t us = started_us > 0 ? started_us : 0;
    json_key(out, "time");
    buf_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

static void add_files(struct buf *out, const struct str *files, size_t count)
{
    json_key(out, "files");
    buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        json_next(out);
        json_string(out, files[i]);
    }
    buf_add_char(out, ']');
}

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out)
{
    buf_add_char(out, '{');
    json_text(out, "id", str_from(p->id));
    add_time(out, p->started_us);
    json_text(out, "method", p->method);
    json_text(out, "path", p->path);
    json_text(out, "query", p->query);
    json_number_or_null(out, "status", p->status > 0 ? (uint64_t)p->status : 0);
    json_key(out, "elapsed_ms");
    decimal_add_ms(out, p->wall_ns);
    json_text(out, "mode", str_from(mode_name(p->mode)));
    json_text_or_null(out, "exception", p->exception);
    add_files(out, files, file_count);
    json_number(out, "bytes", bytes);
    buf_add_text(out, "}\n");
    return !out->failed;
}
