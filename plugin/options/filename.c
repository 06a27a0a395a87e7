#include "filename.h"

#include "base/pyspec.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <stdlib.h>

enum field_kind {
    FIELD_METHOD,
    FIELD_PATH,
    FIELD_ELAPSED,
    FIELD_TIME,
    FIELD_ID,
    FIELD_MODE,
    FIELD_STATUS,
    FIELD_PID,
    FIELD_WORKER,
    FIELD_LITERAL,
};

static const struct {
    const char *name;
    enum pyspec_kind value;
} kinds[] = {
    [FIELD_METHOD] = {"method", PYSPEC_TEXT},
    [FIELD_PATH] = {"path", PYSPEC_TEXT},
    [FIELD_ELAPSED] = {"elapsed", PYSPEC_FLOAT},
    [FIELD_TIME] = {"time", PYSPEC_FLOAT},
    [FIELD_ID] = {"id", PYSPEC_TEXT},
    [FIELD_MODE] = {"mode", PYSPEC_TEXT},
    [FIELD_STATUS] = {"status", PYSPEC_INTEGER},
    [FIELD_PID] = {"pid", PYSPEC_INTEGER},
    [FIELD_WORKER] = {"worker", PYSPEC_INTEGER},
};
#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

struct filename_field {
    enum field_kind kind;
    struct pyspec spec;
    struct buf text; /* of a literal; owned */
};

/* Names are never cut to less than this, whatever is reserved. */
#define NAME_MIN_BYTES 16

static bool fail(struct buf *error, struct str value, const char *what)
{
    buf_add_quoted(error, value);
    buf_add_char(error, ' ');
    buf_add_text(error, what);
    return false;
}

static struct filename_field *add_field(struct filename_format *f, enum field_kind kind,
                                        struct buf *error)
{
    if (!VEC_RESIZE(f->fields, f->count + 1)) {
        buf_add_text(error, "out of memory");
        return NULL;
    }
    f->fields[f->count] = (struct filename_field){.kind = kind};
    return &f->fields[f->count++];
}

static bool add_literal(struct filename_format *f, struct str text, struct buf *error)
{
    struct filename_field *last = f->count ? &f->fields[f->count - 1] : NULL;
    if (!last || last->kind != FIELD_LITERAL)
        last = add_field(f, FIELD_LITERAL, error);
    if (!last)
        return false;
    buf_add_str(&last->text, text);
    if (last->text.failed)
        buf_add_text(error, "out of memory");
    return !last->text.failed;
}

static bool fail_unknown(struct buf *error, struct str field)
{
    fail(error, field, "is not a field; fields:");
    for (size_t i = 0; i < KIND_COUNT; i++)
        buf_printf(error, " {%s}", kinds[i].name);
    return false;
}

/* field is "{name:spec}". */
static bool parse_field(struct filename_format *f, struct str field, struct buf *error)
{
    struct str rest = {field.data + 1, field.len - 2}, name;
    str_split(&rest, ':', &name);
    enum field_kind kind = 0;
    while (kind < KIND_COUNT && !str_equal(name, str_from(kinds[kind].name)))
        kind++;
    if (kind == KIND_COUNT)
        return fail_unknown(error, field);

    struct buf why = {0};
    struct pyspec spec;
    if (!pyspec_parse(&spec, kinds[kind].value, rest, &why)) {
        fail(error, field, "has a bad format: ");
        buf_add_str(error, buf_str(&why));
        buf_free(&why);
        return false;
    }
    struct filename_field *added = add_field(f, kind, error);
    if (added)
        added->spec = spec;
    return added != NULL;
}

/* Parses the field, escaped brace or plain text at the start of *rest. */
static bool parse_part(struct filename_format *f, struct str *rest, struct buf *error)
{
    struct str part = {rest->data, 1};
    char first = *rest->data;
    bool doubled = rest->len > 1 && rest->data[1] == first;
    bool ok;
    if ((first == '{' || first == '}') && doubled) {
        ok = add_literal(f, part, error);
        part.len = 2;
    } else if (first == '{') {
        while (part.len < rest->len && !strchr("{}", part.data[part.len]))
            part.len++;
        if (part.len == rest->len || part.data[part.len] != '}')
            return fail(error, *rest,
                        "has no closing brace; {{ stands for a plain one");
        part.len++;
        ok = parse_field(f, part, error);
    } else if (first == '}') {
        return fail(error, *rest, "has a single brace; }} stands for a plain one");
    } else {
        while (part.len < rest->len && !strchr("{}", part.data[part.len]))
            part.len++;
        ok = add_literal(f, part, error);
    }
    rest->data += part.len;
    rest->len -= part.len;
    return ok;
}

/* The longest format. A field's text ("{worker}") may be longer than its value, so this
 * is more than the longest name. */
#define TEXT_BYTES_MAX 1024

static bool check_text(struct str text, struct buf *error)
{
    if (text.len == 0)
        return fail(error, text, "names no file; possible: {method}.{path}.{id}.prof");
    if (memchr(text.data, '\0', text.len))
        return fail(error, text, "holds a byte 0; possible is text with {fields}");
    if (text.len > TEXT_BYTES_MAX)
        return fail(error, text, "is longer than 1024 bytes");
    if (memchr(text.data, '/', text.len))
        return fail(error, text,
                    "holds a \"/\"; possible is one name inside "
                    "profiler-dir; in {path}, each \"/\" becomes \".\"");
    return true;
}

bool filename_parse(struct filename_format *f, struct str text, struct buf *error)
{
    static const char ending[] = ".prof";
    size_t ending_len = sizeof(ending) - 1;
    *f = (struct filename_format){0};
    if (!check_text(text, error))
        return false;
    struct str rest = text;
    if (rest.len >= ending_len &&
        memcmp(rest.data + rest.len - ending_len, ending, ending_len) == 0)
        rest.len -= ending_len;
    while (rest.len) {
        if (!parse_part(f, &rest, error)) {
            filename_free(f);
            return false;
        }
    }
    return f->count || check_text(rest, error);
}

/* Escapes '/' and everything that is not visible text. */
static void add_safe(struct buf *out, struct str text)
{
    while (text.len && !out->failed) {
        uint32_t code = 0;
        size_t len = utf8_char(text, &code);
        bool unsafe =
            !len || code < 0x20 || (code >= 0x7f && code < 0xa0) || code == '/';
        len = len ? len : 1;
        if (!unsafe)
            buf_add(out, text.data, len);
        for (size_t i = 0; unsafe && i < len; i++)
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)text.data[i]);
        text.data += len;
        text.len -= len;
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* Shortens a safe text to limit bytes, but not inside a character or an escape. */
static size_t cut_len(const char *text, size_t len, size_t limit)
{
    if (len <= limit)
        return len;
    len = limit;
    while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    if (len >= 1 && text[len - 1] == '%' && is_hex(text[len]))
        return len - 1;
    if (len >= 2 && text[len - 2] == '%' && is_hex(text[len - 1]) && is_hex(text[len]))
        return len - 2;
    return len;
}

/* Returns the start of a text, as far as it can appear in a name: at most 255
 * characters, of at most 4 bytes each. */
static struct str head(struct str text)
{
    size_t most = FILENAME_MAX_BYTES * 4;
    return (struct str){text.data, text.len < most ? text.len : most};
}

static struct str strip_slashes(struct str path)
{
    while (path.len && *path.data == '/')
        path.data++, path.len--;
    while (path.len && path.data[path.len - 1] == '/')
        path.len--;
    return path;
}

static void format_path(const struct pyspec *spec, struct str path, struct buf *out)
{
    struct buf dotted = {0};
    path = head(strip_slashes(path));
    buf_add_str(&dotted, path.len ? path : STR("root"));
    for (size_t i = 0; i < dotted.len; i++)
        if (dotted.data[i] == '/')
            dotted.data[i] = '.';
    pyspec_text(spec, buf_str(&dotted), out);
    out->failed = out->failed || dotted.failed;
    buf_free(&dotted);
}

static void format_value(const struct filename_field *field,
                         const struct filename_facts *facts, struct buf *out)
{
    const struct pyspec *spec = &field->spec;
    switch (field->kind) {
    case FIELD_METHOD:
        pyspec_text(spec, head(facts->method), out);
        break;
    case FIELD_PATH:
        format_path(spec, facts->path, out);
        break;
    case FIELD_ELAPSED:
        pyspec_float(spec, facts->elapsed_ms, out);
        break;
    case FIELD_TIME:
        pyspec_float(spec, facts->time_s, out);
        break;
    case FIELD_ID:
        pyspec_text(spec, facts->id, out);
        break;
    case FIELD_MODE:
        pyspec_text(spec, facts->mode, out);
        break;
    case FIELD_STATUS:
        pyspec_integer(spec, facts->status, out);
        break;
    case FIELD_PID:
        pyspec_integer(spec, facts->pid, out);
        break;
    case FIELD_WORKER:
        pyspec_integer(spec, facts->worker, out);
        break;
    case FIELD_LITERAL:
        buf_add_str(out, buf_str(&field->text));
        break;
    }
}

/* The whole name, each {path} in it cut to path_max bytes. */
static void render(const struct filename_format *f, const struct filename_facts *facts,
                   size_t path_max, struct buf *name)
{
    struct buf value = {0};
    name->len = 0;
    for (size_t i = 0; i < f->count; i++) {
        size_t start = name->len;
        value.len = 0;
        format_value(&f->fields[i], facts, &value);
        add_safe(name, buf_str(&value));
        if (f->fields[i].kind == FIELD_PATH && name->len > start)
            name->len =
                start + cut_len(name->data + start, name->len - start, path_max);
    }
    name->failed = name->failed || value.failed;
    buf_free(&value);
    if (name->len == 0) {
        buf_add_text(name, "profile");
    } else if (name->data[0] == '.' && buf_reserve(name, 2)) {
        memmove(name->data + 3, name->data + 1, name->len - 1);
        memcpy(name->data, "%2E", 3);
        name->len += 2;
    }
}

void filename_make(const struct filename_format *f, const struct filename_facts *facts,
                   size_t reserve, struct buf *out)
{
    size_t limit = NAME_MIN_BYTES;
    if (reserve < FILENAME_MAX_BYTES - NAME_MIN_BYTES)
        limit = FILENAME_MAX_BYTES - reserve;
    struct buf name = {0};
    render(f, facts, limit, &name);
    if (name.len > limit && !name.failed) {
        size_t fits = 0, too_long = limit; /* of a path, in bytes */
        while (too_long - fits > 1) {
            size_t middle = (fits + too_long) / 2;
            render(f, facts, middle, &name);
            if (name.len <= limit)
                fits = middle;
            else
                too_long = middle;
        }
        render(f, facts, fits, &name);
        if (!name.failed)
            name.len = cut_len(name.data, name.len, limit);
    }
    buf_add_str(out, buf_str(&name));
    out->failed = out->failed || name.failed;
    buf_free(&name);
}

void filename_free(struct filename_format *f)
{
    for (size_t i = 0; i < f->count; i++)
        buf_free(&f->fields[i].text);
    free(f->fields);
    *f = (struct filename_format){0};
}
