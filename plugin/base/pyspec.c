#include "pyspec.h"

#include "digits.h"
#include "pytext.h"
#include "utf8.h"

#include <inttypes.h>

static size_t char_len(struct str s)
{
    uint32_t code;
    size_t len = utf8_char(s, &code);
    return len ? len : s.len > 0;
}

/* Returns the first characters of s, at most `most`. */
static struct str first_chars(struct str s, size_t most, size_t *count)
{
    struct str rest = s;
    for (*count = 0; rest.len && *count < most; ++*count) {
        size_t len = char_len(rest);
        rest.data += len;
        rest.len -= len;
    }
    return (struct str){s.data, s.len - rest.len};
}

static struct str skip(struct str s, size_t count)
{
    return (struct str){s.data + count, s.len - count};
}

static bool is_align(struct str s, size_t at)
{
    return at < s.len && s.data[at] && strchr("<>=^", s.data[at]);
}

static void set_fill(struct pyspec *spec, struct str fill)
{
    memcpy(spec->fill, fill.data, fill.len);
    spec->fill_len = (uint8_t)fill.len;
}

/* Takes fill and align. As in Python, a 0 is the fill, unless a fill was given. */
static void take_fill(struct pyspec *spec, enum pyspec_kind kind, struct str *rest)
{
    size_t len = char_len(*rest);
    bool given = len && is_align(*rest, len);
    bool aligned = given || is_align(*rest, 0);
    set_fill(spec, given ? (struct str){rest->data, len} : STR(" "));
    spec->align = kind == PYSPEC_TEXT ? '<' : '>';
    if (aligned) {
        size_t at = given ? len : 0;
        spec->align = rest->data[at];
        *rest = skip(*rest, at + 1);
    }
    if (!given && rest->len && *rest->data == '0') {
        set_fill(spec, STR("0"));
        if (!aligned && kind != PYSPEC_TEXT)
            spec->align = '=';
        *rest = skip(*rest, 1);
    }
}

static bool take_number(int16_t *number, struct str *rest, const char *name,
                        struct buf *error)
{
    uint64_t value;
    if (digits_take(rest, 10, PYSPEC_MAX, &value) == DIGITS_TOO_LARGE) {
        buf_printf(error, "its %s is above %d", name, PYSPEC_MAX);
        return false;
    }
    *number = (int16_t)value;
    return true;
}

static bool check_type(const struct pyspec *spec, enum pyspec_kind kind,
                       struct buf *error)
{
    static const struct {
        const char *types, *message;
    } kinds[] = {
        [PYSPEC_TEXT] = {"s", "the type of a text can only be s"},
        [PYSPEC_INTEGER] = {"dfx", "the type of an integer can only be d, f or x"},
        [PYSPEC_FLOAT] = {"f", "the type of this number, a float, can only be f"},
    };
    if (spec->type && !strchr(kinds[kind].types, spec->type))
        buf_add_text(error, kinds[kind].message);
    else if (spec->align == '=' && kind == PYSPEC_TEXT)
        buf_add_text(error, "= aligns numbers only; a text can have <, > or ^");
    else if (spec->precision >= 0 && kind == PYSPEC_INTEGER && spec->type != 'f')
        buf_add_text(error, "an integer has a precision only with the type f");
    else
        return true;
    return false;
}

bool pyspec_parse(struct pyspec *spec, enum pyspec_kind kind, struct str text,
                  struct buf *error)
{
    struct str rest = {text.data ? text.data : "", text.len};
    *spec = (struct pyspec){.precision = -1};
    take_fill(spec, kind, &rest);
    if (!take_number(&spec->width, &rest, "width", error))
        return false;
    if (rest.len && *rest.data == '.') {
        rest = skip(rest, 1);
        if (!digits_count(rest, 10)) {
            buf_add_text(error, "a number has to follow its point");
            return false;
        }
        if (!take_number(&spec->precision, &rest, "precision", error))
            return false;
    }
    if (rest.len == 1 && *rest.data && strchr("dfsx", *rest.data)) {
        spec->type = *rest.data;
        rest = skip(rest, 1);
    }
    if (rest.len) {
        buf_add_quoted(error, rest);
        buf_add_text(error, " is none of "
                            "[[fill]align][0][width][.precision][d, f, s or x]");
        return false;
    }
    return check_type(spec, kind, error);
}

static void add_fill(const struct pyspec *spec, size_t count, struct buf *out)
{
    for (; count && !out->failed; count--)
        buf_add(out, spec->fill, spec->fill_len);
}

static void add_padded(const struct pyspec *spec, struct str body, struct buf *out)
{
    size_t width = (size_t)spec->width, count;
    first_chars(body, width, &count);
    size_t padding = width - count, left = 0;
    if (spec->align == '>' || spec->align == '=')
        left = padding;
    else if (spec->align == '^')
        left = padding / 2;
    if (spec->align == '=' && body.len && *body.data == '-') {
        buf_add_char(out, '-');
        body = skip(body, 1);
    }
    add_fill(spec, left, out);
    buf_add_str(out, body);
    add_fill(spec, padding - left, out);
}

void pyspec_text(const struct pyspec *spec, struct str value, struct buf *out)
{
    size_t count;
    if (spec->precision >= 0)
        value = first_chars(value, (size_t)spec->precision, &count);
    add_padded(spec, value, out);
}

void pyspec_float(const struct pyspec *spec, double value, struct buf *out)
{
    struct buf body = {0};
    if (spec->type == 'f')
        pytext_fixed(&body, value, spec->precision < 0 ? 6 : (unsigned)spec->precision);
    else if (spec->precision >= 0)
        pytext_general(&body, value, (unsigned)spec->precision);
    else
        pytext_float(&body, value);
    add_padded(spec, buf_str(&body), out);
    out->failed = out->failed || body.failed;
    buf_free(&body);
}

void pyspec_integer(const struct pyspec *spec, int64_t value, struct buf *out)
{
    if (spec->type == 'f') {
        pyspec_float(spec, (double)value, out);
        return;
    }
    struct buf body = {0};
    if (spec->type != 'x')
        buf_printf(&body, "%" PRId64, value);
    else if (value < 0)
        buf_printf(&body, "-%" PRIx64, 0 - (uint64_t)value);
    else
        buf_printf(&body, "%" PRIx64, (uint64_t)value);
    add_padded(spec, buf_str(&body), out);
    out->failed = out->failed || body.failed;
    buf_free(&body);
}
