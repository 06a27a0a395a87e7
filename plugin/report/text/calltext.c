#include "calltext.h"

#include "report/common/decimal.h"
#include "fold.h"
#include "report/common/label.h"
#include "report/common/safetext.h"
#include "waits.h"

#define BOLD "\x1b[1m"
#define DIM "\x1b[2m"
#define OWN "\x1b[1;34m"
#define WAIT "\x1b[35m"
#define PLAIN "\x1b[0m"

/* Widths of the columns: at least those of their titles. */
#define TIME_WIDTH 8
#define PERCENT_WIDTH 5
#define SELF_WIDTH 7

/* The unit of a column: its last decimal stands for step nanoseconds. */
struct unit {
    const char *name;
    uint64_t step_ns;
    int decimals;
};

struct text {
    const struct profile *profile;
    const struct origins *origins;
    struct fold fold;
    struct unit unit;
    uint64_t total;             /* of the request */
    bool open[FOLD_LEVELS + 1]; /* by level: this row has siblings below it */
    bool colour;
    struct buf *out;
};

static void paint(const struct text *t, const char *how)
{
    if (t->colour)
        buf_add_text(t->out, how);
}

static struct unit unit_of_column(uint64_t total_ns)
{
    if (total_ns >= 10000000000)
        return (struct unit){"s", 10000000, 2};
    if (total_ns >= 100000000)
        return (struct unit){"ms", 100000, 1};
    return (struct unit){"ms", 10000, 2};
}

static void add_time(const struct unit *unit, uint64_t ns, size_t width,
                     struct buf *out)
{
    uint64_t steps = ns / unit->step_ns + (ns % unit->step_ns >= unit->step_ns / 2);
    decimal_add_point(out, steps, unit->decimals, width);
}

/* Appends "1" or "0.5": milliseconds without trailing zeros. */
static void add_interval(uint64_t ns, struct buf *out)
{
    struct buf text = {0};
    decimal_add_ms(&text, ns);
    while (text.len && text.data[text.len - 1] == '0')
        text.len--;
    if (text.len && text.data[text.len - 1] == '.')
        text.len--;
    buf_add_str(out, buf_str(&text));
    out->failed |= text.failed;
    buf_free(&text);
}

static void add_summary(const struct text *t)
{
    const struct sampled *s = &t->profile->sampled;
    struct unit unit = t->unit;
    if (unit.decimals == 1) /* the columns have decimals, too */
        unit = (struct unit){"ms", 1000000, 0};
    struct buf waits = {0};
    waits_add(t->profile, true, &waits);
    paint(t, BOLD);
    add_time(&unit, t->total, 0, t->out);
    buf_printf(t->out, " %s%s", unit.name, waits.len ? ": " : "");
    buf_add_str(t->out, buf_str(&waits));
    paint(t, PLAIN);
    t->out->failed |= waits.failed;
    buf_free(&waits);

    buf_add_char(t->out, '\n');
    decimal_add_grouped(t->out, s->samples);
    buf_add_text(t->out, s->samples == 1 ? " sample at " : " samples at ");
    add_interval(t->profile->interval_ns, t->out);
    buf_add_text(t->out, " ms");
    if (s->lost) {
        buf_add_text(t->out, ", ");
        decimal_add_grouped(t->out, s->lost);
        buf_add_text(t->out, " lost");
    }
    buf_add_text(t->out, "\n\n");
}

static void add_titles(const struct text *t)
{
    size_t unit = strlen(t->unit.name) + 1;
    paint(t, DIM);
    buf_fill(t->out, ' ', TIME_WIDTH - sizeof "Total" + 1 - unit);
    buf_printf(t->out, "Total %s", t->unit.name);
    buf_fill(t->out, ' ', 2 + PERCENT_WIDTH - 1);
    buf_add_char(t->out, '%');
    buf_fill(t->out, ' ', 2 + SELF_WIDTH - sizeof "Self" + 1 - unit);
    buf_printf(t->out, "Self %s", t->unit.name);
    paint(t, PLAIN);
    buf_add_char(t->out, '\n');
}

static bool has_self(const struct text *t, const struct fold_row *row)
{
    return row->self && row->self * 100 >= t->total;
}

static void add_figures(const struct text *t, const struct fold_row *row)
{
    uint64_t total = t->total ? t->total : 1;
    add_time(&t->unit, row->total, TIME_WIDTH, t->out);
    paint(t, DIM);
    buf_add_text(t->out, "  ");
    decimal_add_point(t->out, (row->total * 1000 + total / 2) / total, 1,
                      PERCENT_WIDTH);
    paint(t, PLAIN);
    buf_add_text(t->out, "  ");
    if (has_self(t, row))
        add_time(&t->unit, row->self, SELF_WIDTH, t->out);
    else
        buf_fill(t->out, ' ', SELF_WIDTH);
    buf_add_text(t->out, "  ");
}

static void add_branches(struct text *t, const struct fold_row *row)
{
    if (!row->level)
        return;
    paint(t, DIM);
    for (unsigned level = 1; level < row->level; level++)
        buf_add_text(t->out, t->open[level] ? "│  " : "   ");
    buf_add_text(t->out, row->last ? "└─ " : "├─ ");
    t->open[row->level] = !row->last;
    paint(t, PLAIN);
}

static void add_name(const struct text *t, uint32_t func)
{
    struct buf name = {0};
    label_name(&t->profile->functab, func, &name);
    safetext_add(t->out, buf_str(&name));
    t->out->failed |= name.failed;
    buf_free(&name);
}

static void add_function(const struct text *t, const struct fold_row *row)
{
    const struct functab *table = &t->profile->functab;
    paint(t, row->kind == FOLD_OWN ? OWN : DIM);
    add_name(t, row->func);
    paint(t, PLAIN);
    if (functab_is_builtin(table, row->func))
        return;
    paint(t, DIM);
    buf_add_text(t->out, "  ");
    safetext_add(t->out, origin_short_path(t->origins, functab_file(table, row->func)));
    buf_printf(t->out, ":%d", (int)table->funcs[row->func].line);
    paint(t, PLAIN);
}

static void add_request(const struct text *t)
{
    paint(t, BOLD);
    safetext_add_method(t->out, t->profile->method);
    buf_add_char(t->out, ' ');
    safetext_add(t->out, t->profile->path);
    paint(t, PLAIN);
}

/* Appends the longest wait in the row's self time. */
static void add_wait(const struct text *t, const struct fold_row *row)
{
    for (unsigned kind = WAITS_CPU + 1; kind < WAIT_KINDS; kind++) {
        if (row->waits[kind] <= row->self / 2)
            continue;
        buf_add_text(t->out, "  ");
        paint(t, WAIT);
        buf_printf(t->out, "[%s]", waits_label(t->profile, (enum wait_kind)kind));
        paint(t, PLAIN);
    }
}

/* Appends the line with most of the function's self time. */
static void add_line(const struct text *t, const struct fold_row *row)
{
    const struct sampled *s = &t->profile->sampled;
    const struct line_time *most = NULL;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->line_count; i++) {
        if (s->lines[i].func != row->func)
            continue;
        sum += s->lines[i].self_ns;
        if (!most || s->lines[i].self_ns > most->self_ns)
            most = &s->lines[i];
    }
    if (sum && most->self_ns >= sum - sum / 10)
        buf_printf(t->out, "  at line %d", (int)most->line);
    else if (sum && most->self_ns >= sum / 2)
        buf_printf(t->out, "  mostly at line %d", (int)most->line);
}

/* Appends the function with most of a folded row's self time. */
static void add_hottest(const struct text *t, const struct fold_row *row)
{
    if (row->hottest == row->func || row->hottest_ns < row->self / 2)
        return;
    buf_add_text(t->out, "  mostly in ");
    add_name(t, row->hottest);
}

static void add_recursion(const struct text *t, const struct fold_row *row)
{
    if (row->depth < 2)
        return;
    buf_add_text(t->out, "  recursive, ");
    decimal_add_grouped(t->out, row->depth);
    buf_add_text(t->out, " deep");
}

static void add_hidden(const struct text *t, const struct fold_row *row)
{
    if (!row->hidden)
        return;
    paint(t, DIM);
    buf_add_text(t->out, "  ");
    decimal_add_grouped(t->out, row->hidden);
    buf_add_text(t->out, row->hidden == 1 ? " frame hidden" : " frames hidden");
    for (unsigned i = 0; i < FOLD_LIBRARIES && row->libraries[i].len; i++) {
        buf_add_text(t->out, i ? ", " : " (");
        safetext_add(t->out, row->libraries[i]);
    }
    if (row->libraries[0].len)
        buf_add_text(t->out, row->more_libraries ? ", ...)" : ")");
    paint(t, PLAIN);
}

static void add_row(struct text *t, const struct fold_row *row)
{
    add_figures(t, row);
    add_branches(t, row);
    if (row->kind == FOLD_REQUEST)
        add_request(t);
    else if (row->kind == FOLD_SERVER)
        buf_add_text(t->out, "(the server itself)");
    else
        add_function(t, row);
    if (has_self(t, row))
        add_wait(t, row);
    if (has_self(t, row) && row->hidden)
        add_hottest(t, row);
    else if (has_self(t, row))
        add_line(t, row);
    add_recursion(t, row);
    add_hidden(t, row);
    buf_add_char(t->out, '\n');
}

/* Appends "37 frames under 1 % are not shown (4.2 ms)". */
static void add_small(const struct text *t)
{
    const struct fold *f = &t->fold;
    if (f->small_count) {
        paint(t, DIM);
        decimal_add_grouped(t->out, f->small_count);
        buf_printf(t->out, " frame%s under 1 %% %s not shown (",
                   f->small_count == 1 ? "" : "s", f->small_count == 1 ? "is" : "are");
        add_time(&t->unit, f->small_ns, 0, t->out);
        buf_printf(t->out, " %s)", t->unit.name);
        paint(t, PLAIN);
        buf_add_char(t->out, '\n');
    }
    buf_add_char(t->out, '\n');
}

bool calltext_write(const struct report *r, bool colour, struct buf *out)
{
    const struct profile *p = r->profile;
    if (sampled_is_empty(&p->sampled, p->tree.count)) {
        buf_add_text(out, "No sample was taken, so there is no call tree.\n\n");
        return !out->failed;
    }
    struct text t = {.profile = p,
                     .origins = r->choice->rules.origins,
                     .colour = colour,
                     .out = out};
    if (!fold_make(&t.fold, p, &r->choice->rules))
        return false;
    t.total = t.fold.rows[0].total;
    t.unit = unit_of_column(t.total);
    add_summary(&t);
    add_titles(&t);
    for (uint32_t i = 0; i < t.fold.count; i++)
        add_row(&t, &t.fold.rows[i]);
    add_small(&t);
    fold_free(&t.fold);
    return !out->failed;
}
