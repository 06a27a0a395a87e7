#include "facts.h"

#include "json.h"

#include <inttypes.h>

static void add_time(struct buf *out, int64_t started_us)
{
    /* 0 if the clock was set before 1970 */
    int64_t us = started_us > 0 ? started_us : 0;
    json_key(out, "time");
    buf_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

static void add_notices(const struct profile *p, struct buf *out)
{
    json_key(out, "notices");
    buf_add_char(out, '[');
    for (unsigned i = 0; i < NOTICE_COUNT; i++) {
        if (!(p->notices >> i & 1))
            continue;
        json_next(out);
        json_string(out, str_from(notice_name((enum notice_code)i)));
    }
    buf_add_char(out, ']');
}

void facts_add(const struct profile *p, size_t most, struct buf *out)
{
    json_text(out, "id", str_from(p->id));
    add_time(out, p->started_us);
    json_text_most(out, "method", p->method, most);
    json_text_most(out, "path", p->path, most);
    json_text_most(out, "query", p->query, most);
    json_number_or_null(out, "status", p->status > 0 ? (uint64_t)p->status : 0);
    json_ms(out, "elapsed_ms", p->wall_ns);
    json_text(out, "mode", str_from(mode_name(p->mode)));
    if (p->exception.data)
        json_text_most(out, "exception", p->exception, most);
    else
        json_text_or_null(out, "exception", p->exception);
    add_notices(p, out);
}

void facts_add_waits(const struct profile *p, const char *key,
                     void (*add)(struct buf *out, const char *key, uint64_t ns),
                     struct buf *out)
{
    json_key(out, key);
    buf_add_char(out, '{');
    for (unsigned i = 0; i < WAIT_KINDS; i++) {
        enum wait_kind kind = (enum wait_kind)i;
        uint64_t ns = profile_wait_ns(p, kind);
        if (kind != WAITS_CPU && ns)
            add(out, wait_name(kind), ns);
    }
    buf_add_char(out, '}');
}
