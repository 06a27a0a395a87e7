#include "jsonread.h"

#include "base/digits.h"

#include <math.h>

struct json_reader json_reader_of(struct str text)
{
    const char *begin = text.data ? text.data : "";
    return (struct json_reader){begin, begin + text.len};
}

bool json_at_end(const struct json_reader *r)
{
    return r->at == r->end;
}

static bool is_next(const struct json_reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static void skip_blanks(struct json_reader *r)
{
    while (is_next(r, ' ') || is_next(r, '\t') || is_next(r, '\r'))
        r->at++;
}

bool json_take(struct json_reader *r, char mark)
{
    skip_blanks(r);
    if (!is_next(r, mark))
        return false;
    r->at++;
    skip_blanks(r);
    return true;
}

bool json_take_null(struct json_reader *r)
{
    struct str null = STR("null");
    if (!str_starts((struct str){r->at, (size_t)(r->end - r->at)}, null))
        return false;
    r->at += null.len;
    return true;
}

static bool take_hex(struct json_reader *r, uint32_t *code)
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
static bool take_unicode(struct json_reader *r, struct buf *out)
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

static bool take_escape(struct json_reader *r, struct buf *out)
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

/* Takes the bytes up to a quote, an escape or a control character. */
static struct str take_plain(struct json_reader *r)
{
    const char *begin = r->at, *at = begin, *end = r->end;
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ')
        at++;
    r->at = at;
    return (struct str){begin, (size_t)(at - begin)};
}

bool json_take_string(struct json_reader *r, struct buf *out)
{
    if (!is_next(r, '"'))
        return false;
    r->at++;
    for (;;) {
        struct str plain = take_plain(r);
        if (out)
            buf_add_str(out, plain);
        if (r->at == r->end)
            return false;
        char c = *r->at++;
        if (c == '"')
            return true;
        if (c != '\\' || !take_escape(r, out))
            return false;
    }
}

bool json_take_key(struct json_reader *r, struct str *key)
{
    const char *quote = r->at;
    if (!json_take_string(r, NULL))
        return false;
    *key = (struct str){quote + 1, (size_t)(r->at - quote) - 2};
    return json_take(r, ':');
}

/* digits * 10^exponent */
struct decimal {
    uint64_t digits;
    int exponent;
};

#define EXPONENT_MOST 9999

/* Takes digits; those that a double cannot hold anyway only count. */
static size_t take_digits(struct json_reader *r, struct decimal *d, bool decimals)
{
    size_t count = 0;
    for (; r->at < r->end && digits_value(*r->at) < 10; r->at++, count++) {
        bool fits = d->digits < UINT64_MAX / 100;
        if (fits)
            d->digits = d->digits * 10 + digits_value(*r->at);
        if (fits == decimals && d->exponent < EXPONENT_MOST &&
            d->exponent > -EXPONENT_MOST)
            d->exponent += decimals ? -1 : 1;
    }
    return count;
}

static bool take_exponent(struct json_reader *r, struct decimal *d)
{
    if (!is_next(r, 'e') && !is_next(r, 'E'))
        return true;
    r->at++;
    bool negative = is_next(r, '-');
    if (negative || is_next(r, '+'))
        r->at++;
    struct str rest = {r->at, (size_t)(r->end - r->at)};
    uint64_t number;
    enum digits_result result = digits_take(&rest, 10, EXPONENT_MOST, &number);
    r->at = rest.data;
    int exponent = result == DIGITS_OK ? (int)number : EXPONENT_MOST;
    d->exponent += negative ? -exponent : exponent;
    return result != DIGITS_NONE;
}

/* The powers of ten up to 10^22 are exact in a double. */
#define POWER_EXACT 22

static double value_of(struct decimal d)
{
    double value = (double)d.digits;
    while (d.exponent && value != 0 && isfinite(value)) {
        bool up = d.exponent > 0;
        int step = up ? d.exponent : -d.exponent;
        step = step < POWER_EXACT ? step : POWER_EXACT;
        double power = 1;
        for (int i = 0; i < step; i++)
            power *= 10;
        value = up ? value * power : value / power;
        d.exponent -= up ? step : -step;
    }
    return value;
}

bool json_take_number(struct json_reader *r, double *number)
{
    struct decimal d = {0};
    bool negative = is_next(r, '-');
    r->at += negative;
    bool zero = is_next(r, '0');
    size_t whole = take_digits(r, &d, false);
    if (whole == 0 || (zero && whole > 1))
        return false;
    if (is_next(r, '.')) {
        r->at++;
        if (take_digits(r, &d, true) == 0)
            return false;
    }
    if (!take_exponent(r, &d))
        return false;
    double value = value_of(d);
    *number = negative ? -value : value;
    return isfinite(value);
}

static bool take_name(struct json_reader *r, struct buf *out)
{
    size_t start = out->len;
    if (!json_take_string(r, out) || out->failed)
        return false;
    if (out->len > start && memchr(out->data + start, '\0', out->len - start))
        return false;
    buf_add_char(out, '\0');
    return !out->failed;
}

bool json_take_names(struct json_reader *r, struct buf *out, size_t *count)
{
    *count = 0;
    if (!json_take(r, '['))
        return false;
    if (json_take(r, ']'))
        return true;
    do {
        if (!take_name(r, out))
            return false;
        ++*count;
    } while (json_take(r, ','));
    return json_take(r, ']');
}

const char *json_next_name(struct str names, const char *name)
{
    const char *next = name ? name + strlen(name) + 1 : names.data;
    return next && next < names.data + names.len ? next : NULL;
}

/* Takes a number, true, false or null, without checking it closely. */
static bool skip_scalar(struct json_reader *r)
{
    const char *before = r->at;
    while (r->at < r->end && *r->at && !strchr("\"{}[]:, \t\r", *r->at))
        r->at++;
    return r->at > before;
}

bool json_skip(struct json_reader *r)
{
    size_t depth = 0;
    do {
        skip_blanks(r);
        if (is_next(r, '"')) {
            if (!json_take_string(r, NULL))
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
