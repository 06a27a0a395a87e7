#include "index.h"

#include "options/filename.h"
#include "base/utf8.h"
#include "report/common/facts.h"
#include "report/formats.h"
#include "report/common/json.h"
#include "report/common/jsonread.h"

#include <inttypes.h>

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

/* The request waits while its thread does not run it, whatever for. So this sum is
 * known in both modes, and without a sample, too. */
static void add_figures(const struct profile *p, struct buf *out)
{
    json_ms(out, "cpu_ms", p->cpu_ns);
    json_ms(out, "wait_ms", p->wall_ns > p->cpu_ns ? p->wall_ns - p->cpu_ns : 0);
    json_number_or_null(out, "worker", p->worker > 0 ? (uint64_t)p->worker : 0);
}

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out)
{
    buf_add_char(out, '{');
    facts_add(p, SIZE_MAX, out);
    add_figures(p, out);
    json_text_or_null(out, "route", p->route);
    add_files(out, files, file_count);
    json_number(out, "bytes", bytes);
    buf_add_text(out, "}\n");
    return !out->failed;
}

static bool has_ending_of_format(struct str name)
{
    for (size_t i = 0; i < report_formats.count; i++) {
        struct str ending = str_from(report_formats.formats[i].extension);
        if (name.len > ending.len &&
            str_equal((struct str){name.data + name.len - ending.len, ending.len},
                      ending))
            return true;
    }
    return false;
}

/* A leading dot is a temporary file, or leads out of the directory. */
bool index_is_name(struct str name)
{
    if (name.len == 0 || name.len > FILENAME_MAX_BYTES || name.data[0] == '.' ||
        memchr(name.data, '/', name.len) || !has_ending_of_format(name))
        return false;
    for (size_t i = 0, len; i < name.len; i += len) {
        uint32_t code = (unsigned char)name.data[i];
        len = 1;
        if (code < 0x20)
            return false;
        if (code >= 0x80)
            len = utf8_char((struct str){name.data + i, name.len - i}, &code);
        if (len == 0)
            return false;
    }
    return true;
}

static bool take_files(struct json_reader *r, struct index_entry *e)
{
    const char *name = NULL;
    if (!json_take_names(r, &e->names, &e->file_count))
        return false;
    while ((name = index_next_name(e, name)))
        if (!index_is_name(str_from(name)))
            return false;
    return true;
}

/* small enough that no sum of counts overflows */
#define COUNT_MOST 999999999999

static bool take_count(struct json_reader *r, uint64_t *count)
{
    double number;
    if (json_take_null(r))
        return true;
    if (!json_take_number(r, &number) || number < 0 || number > COUNT_MOST)
        return false;
    *count = (uint64_t)number;
    return (double)*count == number;
}

/* Takes one "key":value of the line's object. */
static bool take_member(struct json_reader *r, struct index_entry *e, bool *has_files)
{
    struct str key;
    if (!json_take_key(r, &key))
        return false;
    if (str_equal(key, STR("files"))) {
        if (*has_files)
            return false;
        *has_files = true;
        return take_files(r, e);
    }
    if (str_equal(key, STR("bytes")))
        return take_count(r, &e->bytes);
    return json_skip(r);
}

bool index_read(struct index_entry *e, struct str line)
{
    struct json_reader r = json_reader_of(line);
    bool has_files = false;
    e->names.len = 0;
    e->file_count = 0;
    e->bytes = 0;
    if (!json_take(&r, '{'))
        return false;
    do
        if (!take_member(&r, e, &has_files))
            return false;
    while (json_take(&r, ','));
    return json_take(&r, '}') && json_at_end(&r) && has_files;
}

const char *index_next_name(const struct index_entry *e, const char *name)
{
    return json_next_name(buf_str(&e->names), name);
}

void index_entry_free(struct index_entry *e)
{
    buf_free(&e->names);
}
