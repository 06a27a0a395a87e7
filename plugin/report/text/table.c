#include "table.h"

#include "report/common/decimal.h"
#include "rows.h"
#include "report/common/safetext.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void add_call_count(const struct stats *s, struct buf *out)
{
    decimal_add_integer(out, s->calls, 0);
    buf_add_text(out, " function calls ");
    if (s->calls != s->primitive) {
        buf_add_char(out, '(');
        decimal_add_integer(out, s->primitive, 0);
        buf_add_text(out, " primitive calls) ");
    }
}

static void add_totals(const struct profile *p, const struct stats *s, struct buf *out)
{
    buf_fill(out, ' ', 9);
    if (p->mode == MODE_SAMPLING) {
        decimal_add_integer(out, p->sampled.samples, 0);
        buf_add_text(out, p->sampled.samples == 1 ? " sample " : " samples ");
    } else {
        add_call_count(s, out);
    }
    buf_add_text(out, "in ");
    decimal_add(out, s->self_s, 0);
    buf_add_text(out, " seconds\n\n");
}

static void add_order(const struct sort_keys *sort, struct buf *out)
{
    if (sort->count == 0) {
        buf_add_text(out, "   Random listing order was used\n");
        return;
    }
    buf_add_text(out, "   Ordered by: ");
    for (unsigned i = 0; i < sort->count; i++) {
        if (i)
            buf_add_text(out, ", ");
        buf_add_text(out, sort_key_label((enum sort_key)sort->keys[i]));
    }
    buf_add_char(out, '\n');
}

static bool apply(struct rows *rows, const struct restriction *restriction,
                  struct buf *notes)
{
    uint32_t before = rows->count;
    if (!rows_reduce(rows, restriction))
        return false;
    if (notes && rows->count != before)
        buf_printf(notes,
                   "   List reduced from %" PRIu32 " to %" PRIu32
                   " due to restriction <%s>\n",
                   before, rows->count, restriction->echo);
    return true;
}

static bool restrict_rows(struct rows *rows, const struct report_choice *choice,
                          struct buf *notes)
{
    if (choice->limit >= 0) {
        char echo[24];
        snprintf(echo, sizeof echo, "%" PRId64, choice->limit);
        const struct restriction first = {
            .kind = RESTRICT_COUNT, .count = (uint64_t)choice->limit, .echo = echo};
        return apply(rows, &first, notes);
    }
    const struct restrictions *all = choice->restrictions;
    for (size_t i = 0; all && i < all->count; i++)
        if (!apply(rows, &all->items[i], notes))
            return false;
    return true;
}

static void add_calls(const struct func_stats *f, struct buf *out)
{
    if (f->calls == f->primitive) {
        decimal_add_integer(out, f->calls, 9);
        return;
    }
    char text[48];
    int len =
        snprintf(text, sizeof text, "%" PRIu64 "/%" PRIu64, f->calls, f->primitive);
    buf_fill(out, ' ', len < 9 ? 9 - (size_t)len : 0);
    buf_add(out, text, (size_t)len);
}

static void add_per_call(double time_s, uint64_t calls, struct buf *out)
{
    if (calls)
        decimal_add(out, time_s / (double)calls, 8);
    else
        buf_fill(out, ' ', 8);
}

static void add_name(const struct rows *rows, uint32_t row, bool safe, struct buf *out)
{
    struct buf name = {0};
    if (!safe) {
        rows_add_name(rows, row, out);
        return;
    }
    rows_add_name(rows, row, &name);
    safetext_add(out, buf_str(&name));
    out->failed |= name.failed;
    buf_free(&name);
}

static void add_row(const struct rows *rows, uint32_t row, bool safe, struct buf *out)
{
    const struct func_stats *f = &rows->stats->funcs[row];
    add_calls(f, out);
    buf_add_char(out, ' ');
    decimal_add(out, f->self_s, 8);
    buf_add_char(out, ' ');
    add_per_call(f->self_s, f->calls, out);
    buf_add_char(out, ' ');
    decimal_add(out, f->cumulative_s, 8);
    buf_add_char(out, ' ');
    add_per_call(f->cumulative_s, f->primitive, out);
    buf_add_char(out, ' ');
    add_name(rows, row, safe, out);
    buf_add_char(out, '\n');
}

static void add_table(const struct rows *rows, const struct buf *notes, bool safe,
                      struct buf *out)
{
    add_order(rows->sort, out);
    buf_add_str(out, buf_str(notes));
    buf_add_text(out, "\n   ncalls  tottime  percall  cumtime  percall "
                      "filename:lineno(function)\n");
    for (uint32_t i = 0; i < rows->count; i++)
        add_row(rows, rows->rows[i], safe, out);
    buf_add_text(out, "\n\n");
}

bool table_rows(struct rows *rows, const struct report *r, struct buf *notes)
{
    if (!rows_sort(rows, r))
        return false;
    bool ok = restrict_rows(rows, r->choice, notes) && !(notes && notes->failed);
    if (!ok)
        rows_free(rows);
    return ok;
}

bool table_write(const struct report *r, bool safe, struct buf *out)
{
    struct rows rows;
    struct buf notes = {0};
    bool ok = table_rows(&rows, r, &notes);
    if (ok) {
        add_totals(r->profile, r->stats, out);
        if (rows.count)
            add_table(&rows, &notes, safe, out);
        rows_free(&rows);
    }
    buf_free(&notes);
    return ok && !out->failed;
}

uint32_t *table_order(const struct report *r)
{
    struct rows rows;
    if (!rows_sort(&rows, r))
        return NULL;
    uint32_t *order = rows.rows;
    rows.rows = NULL;
    rows_free(&rows);
    return order;
}
