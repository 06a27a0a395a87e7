#include "indexrow.h"

#include "base/digits.h"
#include "index.h"
#include "report/common/decimal.h"
#include "report/common/json.h"
#include "report/common/jsonread.h"

#define FIELD(member, kind)                                                            \
    {                                                                                  \
        {#member, sizeof #member - 1}, kind, offsetof(struct index_row, member)        \
    }

const struct row_field row_fields[ROW_FIELDS] = {
    FIELD(id, ROW_TEXT),       FIELD(time, ROW_TIME),  FIELD(method, ROW_TEXT),
    FIELD(path, ROW_TEXT),     FIELD(query, ROW_TEXT), FIELD(status, ROW_COUNT),
    FIELD(elapsed_ms, ROW_MS), FIELD(mode, ROW_TEXT),  FIELD(exception, ROW_TEXT),
    FIELD(notices, ROW_NAMES), FIELD(cpu_ms, ROW_MS),  FIELD(wait_ms, ROW_MS),
    FIELD(worker, ROW_COUNT),  FIELD(route, ROW_TEXT), FIELD(files, ROW_NAMES),
    FIELD(bytes, ROW_COUNT),
};

/* What keeps a number exact: below 2^53 with its decimals. */
static const double most[] = {
    [ROW_TIME] = 9e9, [ROW_MS] = 9e12, [ROW_COUNT] = 999999999999};

const struct row_field *row_field_find(struct str name)
{
    for (size_t i = 0; i < ROW_FIELDS; i++)
        if (str_equal(row_fields[i].name, name))
            return &row_fields[i];
    return NULL;
}

bool row_is_id(struct str text)
{
    if (text.len != ROW_ID_DIGITS)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (digits_value(text.data[i]) > 15 ||
            (text.data[i] >= 'A' && text.data[i] <= 'F'))
            return false;
    return true;
}

/* A line that is being read. */
struct reading {
    struct json_reader json;
    struct index_row *row;
    size_t next;   /* the field that is expected: lines have them in order */
    uint32_t seen; /* one bit per field */
};

static bool take_text(struct reading *r, struct str *text)
{
    struct buf *out = &r->row->text;
    size_t start = out->len;
    if (!json_take_string(&r->json, out))
        return false;
    *text = (struct str){out->data + start, out->len - start};
    return true;
}

static bool take_names(struct reading *r, struct row_names *names)
{
    struct buf *out = &r->row->text;
    size_t start = out->len;
    if (!json_take_names(&r->json, out, &names->count))
        return false;
    names->text = (struct str){out->data + start, out->len - start};
    return true;
}

static bool take_number(struct reading *r, enum row_kind kind, double *number)
{
    if (!json_take_number(&r->json, number) || *number < 0 || *number > most[kind])
        return false;
    return kind != ROW_COUNT || (double)(uint64_t)*number == *number;
}

static bool take_value(struct reading *r, const struct row_field *field)
{
    void *member = (char *)r->row + field->offset;
    if (json_take_null(&r->json))
        return true;
    if (field->kind == ROW_TEXT)
        return take_text(r, member);
    if (field->kind == ROW_NAMES)
        return take_names(r, member);
    return take_number(r, field->kind, member);
}

static bool take_member(struct reading *r)
{
    struct str key;
    if (!json_take_key(&r->json, &key))
        return false;
    for (size_t i = 0; i < ROW_FIELDS; i++) {
        size_t number = (r->next + i) % ROW_FIELDS;
        if (!str_equal(row_fields[number].name, key))
            continue;
        uint32_t bit = UINT32_C(1) << number;
        if (r->seen & bit)
            return false;
        r->seen |= bit;
        r->next = number + 1;
        return take_value(r, &row_fields[number]);
    }
    return json_skip(&r->json);
}

static bool take_line(struct reading *r)
{
    if (!json_take(&r->json, '{'))
        return false;
    do
        if (!take_member(r))
            return false;
    while (json_take(&r->json, ','));
    return json_take(&r->json, '}') && json_at_end(&r->json);
}

static bool has_valid_files(const struct index_row *row)
{
    const char *name = NULL;
    while ((name = json_next_name(row->files.text, name)))
        if (!index_is_name(str_from(name)))
            return false;
    return row->files.text.data != NULL;
}

bool indexrow_read(struct index_row *row, struct str line)
{
    struct buf text = row->text;
    text.len = 0;
    *row = (struct index_row){.text = text,
                              .time = ROW_NONE,
                              .status = ROW_NONE,
                              .elapsed_ms = ROW_NONE,
                              .bytes = ROW_NONE,
                              .cpu_ms = ROW_NONE,
                              .wait_ms = ROW_NONE,
                              .worker = ROW_NONE};
    /* Texts are no longer than their strings, so they never move the others. */
    if (!buf_reserve(&row->text, line.len + 1))
        return false;
    struct reading r = {.json = json_reader_of(line), .row = row};
    return take_line(&r) && row_is_id(row->id) && has_valid_files(row);
}

static void write_number(double number, enum row_kind kind, struct buf *out)
{
    if (number < 0)
        buf_add_text(out, "null");
    else if (kind == ROW_MS)
        decimal_add(out, number, 0);
    else if (kind == ROW_COUNT)
        decimal_add_integer(out, (uint64_t)number, 0);
    else
        decimal_add_point(out, (uint64_t)(number * 1e6 + 0.5), 6, 0);
}

static void write_names(const struct row_names *names, struct buf *out)
{
    const char *name = NULL;
    buf_add_char(out, '[');
    while ((name = json_next_name(names->text, name))) {
        json_next(out);
        json_string(out, str_from(name));
    }
    buf_add_char(out, ']');
}

void indexrow_write(const struct index_row *row, struct buf *out)
{
    buf_add_char(out, '{');
    for (size_t i = 0; i < ROW_FIELDS; i++) {
        const struct row_field *field = &row_fields[i];
        const void *member = row_member(row, field);
        if (field->kind == ROW_TEXT) {
            json_text_or_null(out, field->name.data, *(const struct str *)member);
            continue;
        }
        json_key(out, field->name.data);
        if (field->kind == ROW_NAMES)
            write_names(member, out);
        else
            write_number(*(const double *)member, field->kind, out);
    }
}

void indexrow_free(struct index_row *row)
{
    buf_free(&row->text);
}
