#include "query.h"

#include "base/digits.h"
#include "base/values.h"
#include "gate/flag.h"
#include "profile/profile.h"
#include "report/common/jsonread.h"

#define LIMIT_DEFAULT 100

/* Functions that take a parameter's value. `to` is its place in the query, for those
 * that serve several parameters. Return false if the value is not possible. */

static bool take_text(struct query *q, void *to, struct str value)
{
    (void)q;
    *(struct str *)to = value;
    return true;
}

static bool take_number(struct query *q, void *to, struct str value)
{
    (void)q;
    double *number = to;
    struct json_reader r = json_reader_of(value);
    return json_take_number(&r, number) && json_at_end(&r) && *number >= 0;
}

static bool take_place(struct query *q, void *to, struct str value)
{
    (void)q;
    return bookmark_take(&value, to) && value.len == 0;
}

static bool take_limit(struct query *q, void *to, struct str value)
{
    (void)to;
    return digits_read(value, 10, QUERY_ROWS_MOST, &q->limit) == DIGITS_OK && q->limit;
}

static bool take_sort(struct query *q, void *to, struct str value)
{
    (void)to;
    q->sort = str_equal(value, STR("time")) ? NULL : row_field_find(value);
    return true;
}

static bool take_order(struct query *q, void *to, struct str value)
{
    (void)to;
    q->ascending = str_equal(value, STR("asc"));
    return true;
}

static bool take_view(struct query *q, void *to, struct str value)
{
    (void)to;
    q->routes = str_equal(value, STR("routes"));
    return true;
}

static bool take_notice(struct query *q, void *to, struct str value)
{
    bool found = str_equal(value, STR("any"));
    for (unsigned i = 0; i < NOTICE_COUNT && !found; i++)
        found = str_equal(value, str_from(notice_name((enum notice_code)i)));
    return found && take_text(q, to, value);
}

static bool take_status(struct query *q, void *to, struct str value)
{
    (void)to;
    uint64_t number;
    q->any_status = false;
    if (str_equal(value, STR("-")))
        return true;
    bool is_class = value.len == 3 && value.data[1] == 'x' && value.data[2] == 'x';
    value.len -= is_class ? 2 : 0;
    if (digits_read(value, 10, 999, &number) != DIGITS_OK)
        return false;
    number *= is_class ? 100 : 1;
    q->status_least = (double)number;
    q->status_most = (double)(number + (is_class ? 99 : 0));
    return number >= 100;
}

static bool take_before(struct query *q, void *to, struct str value)
{
    return row_is_id(value) && take_text(q, to, value);
}

/* "BOOKMARK.BOOKMARK", and a "b" once the line of `before` is found */
static bool take_cursor(struct query *q, void *to, struct str value)
{
    (void)to;
    if (!bookmark_take(&value, &q->cursor) || value.len == 0 || value.data[0] != '.')
        return false;
    value.data++;
    value.len--;
    if (!bookmark_take(&value, &q->newest))
        return false;
    q->before_found = str_equal(value, STR("b"));
    return q->before_found || value.len == 0;
}

void query_write_cursor(const struct query *q, struct buf *out)
{
    bookmark_write(q->cursor, out);
    buf_add_char(out, '.');
    bookmark_write(q->newest, out);
    if (q->before_found)
        buf_add_char(out, 'b');
}

#define TOKEN "what an earlier answer had"

#define INTO(member) offsetof(struct query, member)

static const struct parameter {
    const char *name;
    bool (*take)(struct query *q, void *to, struct str value);
    size_t to;    /* in struct query */
    bool is_word; /* the value is one of the words of `possible` */
    const char *possible;
} parameters[] = {
    {"limit", take_limit, 0, false, "1 to 500"},
    {"sort", take_sort, 0, true,
     "time, elapsed_ms, cpu_ms, wait_ms, status, method, path, mode, worker, route, "
     "notices, bytes"},
    {"order", take_order, 0, true, "desc, asc"},
    {"view", take_view, 0, true, "rows, routes"},
    {"q", take_text, INTO(q), false, ""},
    {"method", take_text, INTO(method), false, ""},
    {"status", take_status, 0, false, "2xx, 3xx, 4xx, 5xx, a number as 404, -"},
    {"mode", take_text, INTO(mode), true, MODE_NAMES},
    {"route", take_text, INTO(route), false, ""},
    {"notice", take_notice, INTO(notice), false,
     "any, or the name of a notice as truncated"},
    {"min", take_number, INTO(min_ms), false, "milliseconds as 250 or 0.5"},
    {"since", take_number, INTO(since), false, "seconds since 1970"},
    {"until", take_number, INTO(until), false, "seconds since 1970"},
    {"before", take_before, INTO(before), false,
     "an id: 16 lowercase hexadecimal digits"},
    {"cursor", take_cursor, 0, false, "`next` of an earlier answer"},
    {"past", take_place, INTO(past), false, "`key` of a row of an earlier answer"},
    {"after", take_place, INTO(after), false, "`newest` of an earlier answer"},
};

#define PARAMETERS (sizeof parameters / sizeof *parameters)

static bool fail_unknown(struct str name, struct buf *error)
{
    buf_add_quoted(error, name);
    buf_add_text(error, " is not a parameter; possible: ");
    for (size_t i = 0; i < PARAMETERS; i++) {
        buf_add_text(error, i ? ", " : "");
        buf_add_text(error, parameters[i].name);
    }
    return false;
}

static bool fail_value(const struct parameter *p, struct str value, struct buf *error)
{
    buf_add_text(error, p->name);
    buf_add_text(error, ": ");
    buf_add_quoted(error, value);
    buf_add_text(error, " is not possible; possible: ");
    buf_add_text(error, p->possible);
    return false;
}

static bool fail_twice(const struct parameter *p, struct buf *error)
{
    buf_add_text(error, p->name);
    buf_add_text(error, " is there twice; possible: once");
    return false;
}

static bool has_word(const char *words, struct str value)
{
    struct str rest = str_from(words), word;
    while (value_next_word(&rest, &word))
        if (str_equal(word, value))
            return true;
    return false;
}

/* An empty value is as no parameter: forms send such. */
static bool take_parameter(struct query *q, struct str name, struct str value,
                           uint32_t *seen, struct buf *error)
{
    for (size_t i = 0; i < PARAMETERS; i++) {
        const struct parameter *p = &parameters[i];
        uint32_t bit = UINT32_C(1) << i;
        if (!str_equal(name, str_from(p->name)))
            continue;
        if (value.len == 0)
            return true;
        if (!(*seen & bit) && (!p->is_word || has_word(p->possible, value)) &&
            p->take(q, (char *)q + p->to, value)) {
            *seen |= bit;
            return true;
        }
        return *seen & bit ? fail_twice(p, error) : fail_value(p, value, error);
    }
    return fail_unknown(name, error);
}

/* Percent-decodes into q->text, which has room. */
static struct str decode(struct query *q, struct str encoded)
{
    size_t start = q->text.len;
    flag_decode(encoded, true, &q->text);
    return (struct str){q->text.data + start, q->text.len - start};
}

static void lower(struct query *q, struct str text)
{
    size_t start = text.data ? (size_t)(text.data - q->text.data) : 0;
    for (size_t i = start; i < start + text.len; i++)
        q->text.data[i] = str_lower(q->text.data[i]);
}

bool query_parse(struct query *q, struct str query_string, struct buf *error)
{
    static const struct bookmark none = {BOOKMARK_NONE, 0};
    struct str part, name;
    uint32_t seen = 0;
    *q = (struct query){.limit = LIMIT_DEFAULT,
                        .any_status = true,
                        .status_least = ROW_NONE,
                        .status_most = ROW_NONE,
                        .min_ms = ROW_NONE,
                        .since = ROW_NONE,
                        .until = ROW_NONE,
                        .cursor = none,
                        .past = none,
                        .after = none};
    if (!buf_reserve(&q->text, query_string.len + 1))
        return false;
    while (str_split(&query_string, '&', &part)) {
        if (part.len == 0)
            continue;
        str_split(&part, '=', &name);
        name = decode(q, name);
        if (!take_parameter(q, name, decode(q, part), &seen, error))
            return false;
    }
    lower(q, q->q);
    if (!bookmark_given(q->past) || q->sort)
        return true;
    buf_add_text(error, "past: possible with a sort other than time");
    return false;
}

void query_free(struct query *q)
{
    buf_free(&q->text);
}

static bool is_text(struct str wanted, struct str text)
{
    return !wanted.data || (text.data && str_equal(wanted, text));
}

static bool has_status(const struct query *q, double status)
{
    return q->any_status || (status >= q->status_least && status <= q->status_most);
}

static bool has_notice(const struct query *q, const struct row_names *notices)
{
    const char *name = NULL;
    if (!q->notice.data || (notices->count && str_equal(q->notice, STR("any"))))
        return true;
    while ((name = json_next_name(notices->text, name)))
        if (str_equal(q->notice, str_from(name)))
            return true;
    return false;
}

/* A row without time is in no range. */
static bool is_in_time(const struct query *q, double time)
{
    return (q->since < 0 && q->until < 0) ||
           (time >= 0 && time >= q->since && (q->until < 0 || time < q->until));
}

/* Is the text in "path?query", or in the id? */
static bool is_found(const struct query *q, const struct index_row *row,
                     struct buf *scratch)
{
    if (!q->q.data)
        return true;
    scratch->len = 0;
    buf_add_str(scratch, row->path);
    if (row->query.len) {
        buf_add_char(scratch, '?');
        buf_add_str(scratch, row->query);
    }
    for (size_t i = 0; i < scratch->len; i++)
        scratch->data[i] = str_lower(scratch->data[i]);
    return memmem(row->id.data, row->id.len, q->q.data, q->q.len) ||
           (scratch->len && memmem(scratch->data, scratch->len, q->q.data, q->q.len));
}

bool query_accepts(const struct query *q, const struct index_row *row,
                   struct buf *scratch)
{
    return is_text(q->method, row->method) && is_text(q->mode, row->mode) &&
           is_text(q->route, row->route) && has_status(q, row->status) &&
           row->elapsed_ms >= q->min_ms && is_in_time(q, row->time) &&
           has_notice(q, &row->notices) && is_found(q, row, scratch);
}
