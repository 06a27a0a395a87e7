#include "logjson.h"

#include "report/common/decimal.h"
#include "report/common/facts.h"
#include "report/common/json.h"
#include "table.h"

/* In bytes. Together they leave room for one or two functions. */
#define TEXT_BYTES 1200
#define NAME_BYTES 500
#define FILES_BYTES 2000

static void add_figures(const struct profile *p, const struct stats *s, struct buf *out)
{
    json_ms(out, "cpu_ms", p->cpu_ns);
    if (p->mode == MODE_SAMPLING) {
        json_number(out, "samples", p->sampled.samples);
        json_number(out, "lost", p->sampled.lost);
    } else {
        json_number(out, "calls", s->calls);
        json_number(out, "primitive_calls", s->primitive);
    }
    facts_add_waits(p, "wait_ms", json_ms, out);
    json_number(out, "worker", (uint64_t)p->worker);
    json_number(out, "pid", (uint64_t)p->pid);
}

static void add_files(const struct str *files, size_t count, struct buf *out)
{
    json_key(out, "files");
    buf_add_char(out, '[');
    size_t start = out->len;
    for (size_t i = 0; i < count; i++) {
        size_t before = out->len;
        json_next(out);
        json_string(out, files[i]);
        if (out->len - start > FILES_BYTES)
            out->len = before; /* removes it whole: half a name would name no file */
    }
    buf_add_char(out, ']');
}

static void add_time(struct buf *out, const char *key, double seconds)
{
    json_key(out, key);
    decimal_add(out, seconds * 1000, 0);
}

static bool add_function(const struct rows *rows, uint32_t row, struct buf *out)
{
    const struct func_stats *f = &rows->stats->funcs[row];
    struct buf name = {0};
    functab_describe(rows->functab, f->func, &name);
    json_next(out);
    buf_add_char(out, '{');
    json_text_most(out, "name", buf_str(&name), NAME_BYTES);
    json_number(out, rows->profile->mode == MODE_SAMPLING ? "samples" : "calls",
                f->calls);
    add_time(out, "self_ms", f->self_s);
    add_time(out, "cumulative_ms", f->cumulative_s);
    buf_add_char(out, '}');
    bool ok = !name.failed;
    buf_free(&name);
    return ok;
}

/* start is the offset of the line in out. */
static bool add_functions(const struct rows *rows, size_t start, struct buf *out)
{
    static const struct str end = {"]}\n", 3};
    bool ok = true;
    json_key(out, "functions");
    buf_add_char(out, '[');
    for (uint32_t i = 0; ok && i < rows->count && i < LOGJSON_FUNCTIONS_MAX; i++) {
        size_t before = out->len;
        ok = add_function(rows, rows->rows[i], out);
        if (out->len - start + end.len <= LOGJSON_BYTES_MAX)
            continue;
        out->len = before;
        break;
    }
    buf_add_str(out, end);
    return ok;
}

bool logjson_write(const struct report *r, const struct str *files, size_t file_count,
                   struct buf *out)
{
    size_t start = out->len;
    struct rows rows;
    if (!table_rows(&rows, r, NULL))
        return false;
    buf_add_char(out, '{');
    facts_add(r->profile, TEXT_BYTES, out);
    add_figures(r->profile, r->stats, out);
    add_files(files, file_count, out);
    bool ok = add_functions(&rows, start, out);
    rows_free(&rows);
    return ok && !out->failed;
}
