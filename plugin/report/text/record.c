#include "record.h"

#include "base/pytext.h"
#include "calltext.h"
#include "report/common/decimal.h"
#include "logjson.h"
#include "report/common/safetext.h"
#include "table.h"
#include "waits.h"

#define RULE_DASHES 80

/* PROFILE 00c0ffee00c0ffee deterministic 12.345 ms 200 */
static void add_facts(const struct profile *p, struct buf *out)
{
    buf_printf(out, "PROFILE %s %s ", p->id, mode_name(p->mode));
    decimal_add_ms(out, p->wall_ns);
    buf_add_text(out, " ms ");
    if (p->status)
        buf_printf(out, "%d", p->status);
    else
        buf_add_char(out, '-');
}

static void add_rule(struct buf *out)
{
    buf_fill(out, '-', RULE_DASHES);
    buf_add_char(out, '\n');
}

static bool write_table(const struct report *r, const struct str *files,
                        size_t file_count, bool safe, bool colour, struct buf *out)
{
    const struct profile *p = r->profile;
    add_rule(out);
    buf_add_text(out, "PATH: ");
    pytext_repr(out, p->path);
    buf_add_char(out, '\n');
    add_facts(p, out);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < file_count; i++) {
        buf_add_text(out, "FILE ");
        safetext_add(out, files[i]);
        buf_add_char(out, '\n');
    }
    for (unsigned i = 0; i < NOTICE_COUNT; i++)
        if (p->notices & 1u << i)
            buf_printf(out, "NOTICE %s: %s\n", notice_name((enum notice_code)i),
                       notice_text((enum notice_code)i));
    if (p->mode == MODE_SAMPLING) {
        buf_add_char(out, '\n');
        if (!calltext_write(r, colour, out))
            return false;
    }
    if (!table_write(r, safe, out))
        return false;
    add_rule(out);
    buf_add_char(out, '\n');
    return !out->failed;
}

static const struct func_stats *hottest(const struct stats *s)
{
    const struct func_stats *most = NULL;
    for (uint32_t i = 0; i < s->func_count; i++)
        if (!most || s->funcs[i].self_s > most->self_s)
            most = &s->funcs[i];
    return most;
}

/* , 45.2% in /srv/shop/app.py:12(view) */
static void add_hottest(const struct profile *p, const struct stats *s, struct buf *out)
{
    const struct func_stats *f = hottest(s);
    if (!f || stats_is_empty(s))
        return;
    double share = s->self_s > 0 ? f->self_s / s->self_s : 0;
    unsigned permille = (unsigned)(share * 1000 + .5);
    buf_printf(out, ", %u.%u%% in ", permille / 10, permille % 10);
    struct buf name = {0};
    functab_describe(&p->functab, f->func, &name);
    safetext_add(out, buf_str(&name));
    out->failed |= name.failed;
    buf_free(&name);
}

static void add_calls(const struct stats *s, struct buf *out)
{
    decimal_add_integer(out, s->calls, 0);
    buf_add_text(out, " calls");
    if (s->calls == s->primitive)
        return;
    buf_add_text(out, " (");
    decimal_add_integer(out, s->primitive, 0);
    buf_add_text(out, " primitive)");
}

/* Appends ", 31 % CPU wait"; nothing if it is below 1 % or not known. */
static void add_cpu_wait(const struct profile *p, struct buf *out)
{
    if (p->wall_ns && p->cpu_wait_ns * 100 >= p->wall_ns)
        buf_printf(out, ", %u %% %s", (unsigned)(p->cpu_wait_ns * 100 / p->wall_ns),
                   waits_label(p, WAITS_CPU_WAIT));
}

/* 803 samples: 14 % CPU, 83 % network read */
static void add_samples(const struct profile *p, struct buf *out)
{
    struct buf waits = {0};
    waits_add(p, false, &waits);
    decimal_add_integer(out, p->sampled.samples, 0);
    buf_add_text(out, p->sampled.samples == 1 ? " sample" : " samples");
    if (waits.len)
        buf_add_text(out, ": ");
    buf_add_str(out, buf_str(&waits));
    out->failed |= waits.failed;
    buf_free(&waits);
}

static bool write_line(const struct report *r, const struct str *files,
                       size_t file_count, struct buf *out)
{
    const struct profile *p = r->profile;
    add_facts(p, out);
    buf_add_char(out, ' ');
    safetext_add_method(out, p->method);
    buf_add_char(out, ' ');
    pytext_repr(out, p->path);
    buf_add_char(out, ' ');
    if (p->mode == MODE_SAMPLING)
        add_samples(p, out);
    else
        add_calls(r->stats, out);
    add_cpu_wait(p, out);
    add_hottest(p, r->stats, out);
    if (p->exception.data) {
        buf_add_text(out, ", exception ");
        safetext_add(out, p->exception);
    }
    for (size_t i = 0; i < file_count; i++) {
        buf_add_text(out, ", file ");
        safetext_add(out, files[i]);
    }
    for (unsigned i = 0; i < NOTICE_COUNT; i++)
        if (p->notices & 1u << i)
            buf_printf(out, ", notice %s", notice_name((enum notice_code)i));
    buf_add_char(out, '\n');
    return !out->failed;
}

bool record_write(const struct report *r, const struct str *files, size_t file_count,
                  bool colour, struct buf *out)
{
    switch (r->choice->log_style) {
    case LOG_LINE:
        return write_line(r, files, file_count, out);
    case LOG_JSON:
        return logjson_write(r, files, file_count, out);
    case LOG_TABLE:
        break;
    }
    return write_table(r, files, file_count, true, colour, out);
}

bool txt_write(const struct report *r, struct buf *out)
{
    return write_table(r, NULL, 0, false, false, out);
}
