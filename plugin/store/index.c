#include "index.h"

#include "options/filename.h"
#include "base/digits.h"
#include "base/utf8.h"
#include "report/common/facts.h"
#include "report/formats.h"
#include "report/common/json.h"

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

bool index_line(const struct profile *p, const struct str *files, size_t file_count,
                uint64_t bytes, struct buf *out)
{
    buf_add_char(out, '{');
    facts_add(p, SIZE_MAX, out);
    add_files(out, files, file_count);
    json_number(out, "bytes", bytes);
    buf_add_text(out, "}\n");
    return !out->failed;
}

/* The part of a line that is not read yet. */
struct reader {
    const char *at, *end;
};

static bool is_next(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static void skip_blanks(struct reader *r)
{
    while (is_next(r, ' ') || is_next(r, '\t') || is_next(r, '\r'))
        r->at++;
}

/* Takes one of JSON's marks, with blanks around it. */
static bool take(struct reader *r, char mark)
{
    skip_blanks(r);
    if (!is_next(r, mark))
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

static bool take_hex(struct reader *r, uint32_t *code)
{
    uint64_t number;
    if (r->end - r->at < 4 ||
        digits_read((struct str){r->at, 4}, 16, UINT16_MAX, &number) != DIGITS_OK)
        return false;
    *code = (uint32_t)number;
    r->at += 4;
    return true;
}

static void add_utf8(struct buf *out, uint32_t code)
{
    if (code < 0x80) {
        buf_add_char(out, (char)code);
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint32_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    buf_add_char(out, (char)(leads[more] | code >> (6 * more)));
    while (more-- > 0)
        buf_add_char(out, (char)(0x80 | (code >> (6 * more) & 0x3f)));
}

/* Takes the digits after "\u". A code point above U+FFFF is two escapes, a high and a
 * low surrogate. */
static bool take_unicode(struct reader *r, struct buf *out)
{
    uint32_t code, low;
    if (!take_hex(r, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00) {
        if (!is_next(r, '\\') || r->end - r->at < 2 || r->at[1] != 'u')
            return false;
        r->at += 2;
        if (!take_hex(r, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
    } else if (code >= 0xdc00 && code < 0xe000) {
        return false;
    }
    if (out)
        add_utf8(out, code);
    return true;
}

static bool take_escape(struct reader *r, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return false;
    char c = *r->at++;
    if (c == 'u')
        return take_unicode(r, out);
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter && out)
        buf_add_char(out, values[letter - letters]);
    return letter != NULL;
}

/* Takes a string. Appends its text to out, unless out is NULL. */
static bool take_string(struct reader *r, struct buf *out)
{
    if (!is_next(r, '"'))
        return false;
    r->at++;
    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < ' ')
            return false;
        char c = *r->at++;
        if (c == '\\' && !take_escape(r, out))
            return false;
        if (c != '\\' && out)
            buf_add_char(out, c);
    }
    if (r->at == r->end)
        return false;
    r->at++;
    return true;
}

/* Skips a number, true, false or null, without checking it closely. */
static bool skip_scalar(struct reader *r)
{
    const char *before = r->at;
    while (r->at < r->end && *r->at && !strchr("\"{}[]:, \t\r", *r->at))
        r->at++;
    return r->at > before;
}

/* Skips any value. For nested values it only checks that the number of brackets
 * matches. */
static bool skip_value(struct reader *r)
{
    size_t depth = 0;
    do {
        skip_blanks(r);
        if (is_next(r, '"')) {
            if (!take_string(r, NULL))
                return false;
        } else if (is_next(r, '{') || is_next(r, '[')) {
            depth++;
            r->at++;
        } else if (depth && (is_next(r, '}') || is_next(r, ']'))) {
            depth--;
            r->at++;
        } else if (depth && (is_next(r, ',') || is_next(r, ':'))) {
            r->at++;
        } else if (!skip_scalar(r)) {
            return false;
        }
    } while (depth);
    return true;
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
    while (name.len) {
        uint32_t code;
        size_t len = utf8_char(name, &code);
        if (len == 0 || code < 0x20)
            return false;
        name.data += len;
        name.len -= len;
    }
    return true;
}

static bool take_name(struct reader *r, struct index_entry *e)
{
    size_t before = e->names.len;
    if (!take_string(r, &e->names) || e->names.failed || e->names.len == before)
        return false;
    if (!index_is_name((struct str){e->names.data + before, e->names.len - before}))
        return false;
    buf_add_char(&e->names, '\0');
    e->file_count++;
    return !e->names.failed;
}

static bool take_files(struct reader *r, struct index_entry *e)
{
    if (!take(r, '['))
        return false;
    if (take(r, ']'))
        return true;
    do
        if (!take_name(r, e))
            return false;
    while (take(r, ','));
    return take(r, ']');
}

/* small enough that no sum of counts overflows */
#define COUNT_MOST 999999999999

static bool take_count(struct reader *r, uint64_t *count)
{
    struct str rest = {r->at, (size_t)(r->end - r->at)};
    enum digits_result result = digits_take(&rest, 10, COUNT_MOST, count);
    r->at = rest.data;
    return result == DIGITS_OK;
}

/* Takes one "key":value of the line's object. */
static bool take_member(struct reader *r, struct index_entry *e, bool *has_files)
{
    const char *key = r->at;
    if (!take_string(r, NULL))
        return false;
    struct str quoted = {key, (size_t)(r->at - key)};
    if (!take(r, ':'))
        return false;
    if (str_equal(quoted, STR("\"files\""))) {
        if (*has_files)
            return false;
        *has_files = true;
        return take_files(r, e);
    }
    if (str_equal(quoted, STR("\"bytes\"")))
        return take_count(r, &e->bytes);
    return skip_value(r);
}

bool index_read(struct index_entry *e, struct str line)
{
    struct reader r = {line.data, line.data + line.len};
    bool has_files = false;
    e->names.len = 0;
    e->file_count = 0;
    e->bytes = 0;
    if (line.len == 0 || !take(&r, '{'))
        return false;
    do
        if (!take_member(&r, e, &has_files))
            return false;
    while (take(&r, ','));
    return take(&r, '}') && r.at == r.end && has_files;
}

const char *index_next_name(const struct index_entry *e, const char *name)
{
    const char *next = name ? name + strlen(name) + 1 : e->names.data;
    return next && next < e->names.data + e->names.len ? next : NULL;
}

void index_entry_free(struct index_entry *e)
{
    buf_free(&e->names);
}
