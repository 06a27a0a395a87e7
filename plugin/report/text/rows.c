#include "rows.h"

#include <stdlib.h>

static bool make_names(struct rows *r)
{
    const struct stats *s = r->stats;
    if (r->name_ends || s->func_count == 0)
        return true;
    r->name_ends = malloc(s->func_count * sizeof *r->name_ends);
    if (!r->name_ends)
        return false;
    for (uint32_t i = 0; i < s->func_count; i++) {
        functab_display(r->functab, s->funcs[i].func, &r->names);
        r->name_ends[i] = r->names.len;
    }
    return !r->names.failed;
}

static struct str name_of(const struct rows *r, uint32_t row)
{
    size_t start = row ? r->name_ends[row - 1] : 0;
    if (!r->names.data) /* all names are empty */
        return (struct str){NULL, 0};
    return (struct str){r->names.data + start, r->name_ends[row] - start};
}

/* UTF-8 sorts in the order of its code points, which is how Python compares. */
static int compare_text(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_file(const struct functab *t, uint32_t a, uint32_t b)
{
    return compare_text(functab_file(t, a), functab_file(t, b));
}

static int compare_line(const struct functab *t, uint32_t a, uint32_t b)
{
    int32_t x = t->funcs[a].line, y = t->funcs[b].line;
    return (x > y) - (x < y);
}

static int compare_name(const struct functab *t, uint32_t a, uint32_t b)
{
    return compare_text(functab_name(t, a), functab_name(t, b));
}

static int compare_nfl(const struct functab *t, uint32_t a, uint32_t b)
{
    int order = compare_name(t, a, b);
    if (order == 0)
        order = compare_file(t, a, b);
    return order ? order : compare_line(t, a, b);
}

#define DESCENDING(a, b) (((b) > (a)) - ((b) < (a)))

static int compare_by(const struct rows *r, enum sort_key key, uint32_t row_a,
                      uint32_t row_b)
{
    const struct func_stats *a = &r->stats->funcs[row_a];
    const struct func_stats *b = &r->stats->funcs[row_b];
    const struct functab *t = r->functab;
    switch (key) {
    case SORT_CALLS:
        return DESCENDING(a->calls, b->calls);
    case SORT_CUMULATIVE:
        return DESCENDING(a->cumulative_s, b->cumulative_s);
    case SORT_TIME:
        return DESCENDING(a->self_s, b->self_s);
    case SORT_PRIMITIVE:
        return DESCENDING(a->primitive, b->primitive);
    case SORT_FILE:
        return compare_file(t, a->func, b->func);
    case SORT_LINE:
        return compare_line(t, a->func, b->func);
    case SORT_NAME:
        return compare_name(t, a->func, b->func);
    case SORT_NFL:
        return compare_nfl(t, a->func, b->func);
    case SORT_STDNAME:
        return compare_text(name_of(r, row_a), name_of(r, row_b));
    }
    return 0;
}

/* Never returns 0 for two different rows: the order of the .prof decides last. So any
 * sorting algorithm gives the result of a stable one. */
static int compare_rows(const void *a, const void *b, void *context)
{
    const struct rows *r = context;
    uint32_t row_a = *(const uint32_t *)a, row_b = *(const uint32_t *)b;
    const struct sort_keys *sort = r->sort;
    for (unsigned i = 0; i < sort->count; i++) {
        int order = compare_by(r, (enum sort_key)sort->keys[i], row_a, row_b);
        if (order)
            return order;
    }
    return (row_a > row_b) - (row_a < row_b);
}

static bool sorts_by_display_name(const struct sort_keys *sort)
{
    for (unsigned i = 0; i < sort->count; i++)
        if (sort->keys[i] == SORT_STDNAME)
            return true;
    return false;
}

bool rows_sort(struct rows *r, const struct report *of)
{
    const struct stats *s = of->stats;
    *r = (struct rows){
        .profile = of->profile,
        .stats = s,
        .sort = &of->choice->sort,
        .functab = stats_functab(s, of->profile),
    };
    if (s->func_count == 0)
        return true;
    r->rows = malloc(s->func_count * sizeof *r->rows);
    if (!r->rows || (sorts_by_display_name(r->sort) && !make_names(r))) {
        rows_free(r);
        return false;
    }
    r->count = s->func_count;
    for (uint32_t i = 0; i < r->count; i++)
        r->rows[i] = i;
    if (r->sort->count)
        qsort_r(r->rows, r->count, sizeof *r->rows, compare_rows, r);
    return true;
}

static bool keep_matches(struct rows *r, const struct regex *regex)
{
    if (!make_names(r))
        return false;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->count; i++)
        if (regex_search(regex, name_of(r, r->rows[i])))
            r->rows[kept++] = r->rows[i];
    r->count = kept;
    return true;
}

bool rows_reduce(struct rows *r, const struct restriction *restriction)
{
    switch (restriction->kind) {
    case RESTRICT_COUNT:
        if (restriction->count < r->count)
            r->count = (uint32_t)restriction->count;
        return true;
    case RESTRICT_FRACTION:
        /* the fraction is below 1.0, so never more rows than before */
        r->count = (uint32_t)((double)r->count * restriction->fraction + .5);
        return true;
    case RESTRICT_PATTERN:
        return keep_matches(r, restriction->regex);
    }
    return true;
}

void rows_add_name(const struct rows *r, uint32_t row, struct buf *out)
{
    if (r->name_ends)
        buf_add_str(out, name_of(r, row));
    else
        functab_display(r->functab, r->stats->funcs[row].func, out);
}

void rows_free(struct rows *r)
{
    free(r->rows);
    free(r->name_ends);
    buf_free(&r->names);
    *r = (struct rows){0};
}
