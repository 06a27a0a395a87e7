#include "restrictions.h"

#include "base/digits.h"
#include "base/pytext.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>

#define POSSIBLE                                                                       \
    "possible: 30 (rows), 0.1 (a tenth of the rows), a regular expression (in quotes " \
    "where it looks like a number), or none alone"

static bool fail(struct buf *error, struct str item, const char *what)
{
    buf_add_quoted(error, item);
    buf_printf(error, " %s; " POSSIBLE, what);
    return false;
}

static bool fail_memory(struct buf *error)
{
    buf_add_text(error, "out of memory");
    return false;
}

static size_t skip_digits(struct str s, size_t i)
{
    return i < s.len ? i + digits_count((struct str){s.data + i, s.len - i}, 10) : i;
}

static size_t skip_sign(struct str s, size_t i)
{
    return i + (i < s.len && (s.data[i] == '+' || s.data[i] == '-'));
}

static bool is_hex(struct str s, size_t i)
{
    if (s.len < i + 3 || s.data[i] != '0' || (s.data[i + 1] | 0x20) != 'x')
        return false;
    struct str digits = {s.data + i + 2, s.len - i - 2};
    return digits_count(digits, 16) == digits.len;
}

enum number { NOT_A_NUMBER, INTEGER, FRACTION, FOREIGN_NUMBER };

static enum number classify(struct str s)
{
    size_t start = skip_sign(s, 0);
    size_t end = skip_digits(s, start);
    size_t digits = end - start;
    if (end == s.len)
        return digits ? INTEGER : NOT_A_NUMBER;
    if (is_hex(s, start))
        return FOREIGN_NUMBER;
    if (s.data[end] == '.') {
        size_t after = skip_digits(s, end + 1) - (end + 1);
        if (after && end + 1 + after == s.len)
            return FRACTION;
        digits += after;
        end += 1 + after;
    }
    if (!digits || end == s.len)
        return NOT_A_NUMBER;
    if (s.data[end] == '%')
        return end + 1 == s.len ? FOREIGN_NUMBER : NOT_A_NUMBER;
    if ((s.data[end] | 0x20) != 'e')
        return NOT_A_NUMBER;
    size_t exponent = skip_sign(s, end + 1);
    bool whole = exponent < s.len && skip_digits(s, exponent) == s.len;
    return whole ? FOREIGN_NUMBER : NOT_A_NUMBER;
}

#define COUNT_MAX 1000000000u /* rows; limit= in a flag has the same maximum */

/* UINT64_MAX also stands for larger counts: no table has that many rows. */
static uint64_t read_count(struct str number)
{
    size_t sign = skip_sign(number, 0);
    uint64_t count;
    digits_read((struct str){number.data + sign, number.len - sign}, 10, UINT64_MAX,
                &count);
    return count;
}

/* Reads a fraction without its decimal point ("0.25" as "025e-2"), because strtod
 * expects the locale's. */
static bool read_fraction(struct str item, double *value)
{
    struct buf text = {0};
    size_t point = (size_t)((const char *)memchr(item.data, '.', item.len) - item.data);
    buf_add(&text, item.data, point);
    buf_add(&text, item.data + point + 1, item.len - point - 1);
    buf_printf(&text, "e-%zu", item.len - point - 1);
    bool ok = !text.failed;
    *value = strtod(buf_cstr(&text), NULL);
    ok = ok && !text.failed;
    buf_free(&text);
    return ok;
}

/* Takes the bytes of echo over. Returns false when out of memory. */
static bool set_echo(struct restriction *r, struct buf *echo)
{
    buf_cstr(echo);
    if (echo->failed) {
        buf_free(echo);
        return false;
    }
    r->echo = echo->data;
    return true;
}

static bool set_count(struct restriction *r, uint64_t count)
{
    struct buf echo = {0};
    r->kind = RESTRICT_COUNT;
    r->count = count;
    buf_printf(&echo, "%llu", (unsigned long long)count);
    return set_echo(r, &echo);
}

static bool parse_count(struct restriction *r, struct str item, struct buf *error)
{
    uint64_t count = read_count(item);
    if (item.data[0] == '-' && count)
        return fail(error, item, "is negative");
    if (count > COUNT_MAX)
        return fail(error, item, "is more than a table can have");
    return set_count(r, count) || fail_memory(error);
}

static bool parse_fraction(struct restriction *r, struct str item, struct buf *error)
{
    struct buf echo = {0};
    r->kind = RESTRICT_FRACTION;
    if (!read_fraction(item, &r->fraction))
        return fail_memory(error);
    if (r->fraction < 0.0)
        return fail(error, item, "is negative");
    if (r->fraction >= 1.0)
        return fail(error, item,
                    "is not below 1.0, as a fraction of the rows has to be");
    pytext_float(&echo, r->fraction);
    return set_echo(r, &echo) || fail_memory(error);
}

static bool parse_pattern(struct restriction *r, struct str pattern, struct buf *error)
{
    struct buf why = {0}, echo = {0};
    r->kind = RESTRICT_PATTERN;
    r->regex = regex_compile(pattern, &why);
    if (!r->regex) {
        buf_add_quoted(error, pattern);
        buf_add_text(error, " is not a regular expression (");
        buf_add_str(error, buf_str(&why));
        buf_add_text(error, "); " POSSIBLE);
        buf_free(&why);
        return false;
    }
    buf_free(&why);
    pytext_repr(&echo, pattern);
    return set_echo(r, &echo) || fail_memory(error);
}

static bool parse_item(struct restriction *r, struct str item, bool quoted,
                       struct buf *error)
{
    if (quoted)
        return parse_pattern(r, item, error);
    if (item.len == 0)
        return fail(error, item, "is an empty item");
    if (str_equal(item, STR("none")))
        return fail(error, item, "cannot be combined with others");
    switch (classify(item)) {
    case INTEGER:
        return parse_count(r, item, error);
    case FRACTION:
        return parse_fraction(r, item, error);
    case FOREIGN_NUMBER:
        return fail(error, item, "is neither an integer nor a fraction like 0.1");
    case NOT_A_NUMBER:
        break;
    }
    return parse_pattern(r, item, error);
}

/* Takes the next item, without the quotes that may protect it. Only a quote before a
 * comma or the end closes the item, so an item may contain quotes. */
static bool take_item(struct str *rest, struct str *item, bool *quoted,
                      struct buf *error)
{
    struct str text = str_trim(*rest);
    *quoted = text.len && (text.data[0] == '"' || text.data[0] == '\'');
    if (!*quoted) {
        str_split(rest, ',', item);
        *item = str_trim(*item);
        return true;
    }
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] != text.data[0])
            continue;
        struct str after = str_trim((struct str){text.data + i + 1, text.len - i - 1});
        if (after.len && after.data[0] != ',')
            continue;
        *item = (struct str){text.data + 1, i - 1};
        *rest = after.len ? (struct str){after.data + 1, after.len - 1}
                          : (struct str){NULL, 0};
        return true;
    }
    return fail(error, text, "has no closing quote");
}

static struct restriction *add_item(struct restrictions *r)
{
    if (!VEC_EXTEND(r->items, r->count, r->count + 1))
        return NULL;
    return &r->items[r->count++];
}

bool restrictions_parse(struct restrictions *r, struct str text, struct buf *error)
{
    *r = (struct restrictions){0};
    struct str rest = {text.data ? text.data : "", text.len}, item;
    bool quoted;
    if (str_equal(str_trim(rest), STR("none")))
        return true;
    while (rest.data) {
        struct restriction *next = NULL;
        bool ok = take_item(&rest, &item, &quoted, error);
        if (ok && !(next = add_item(r)))
            ok = fail_memory(error);
        if (!ok || !parse_item(next, item, quoted, error)) {
            restrictions_free(r);
            return false;
        }
    }
    return true;
}

bool restrictions_limit(struct restrictions *r, uint64_t limit)
{
    *r = (struct restrictions){0};
    struct restriction *item = add_item(r);
    if (item && set_count(item, limit))
        return true;
    restrictions_free(r);
    return false;
}

void restrictions_free(struct restrictions *r)
{
    for (size_t i = 0; i < r->count; i++) {
        regex_free(r->items[i].regex);
        free(r->items[i].echo);
    }
    free(r->items);
    *r = (struct restrictions){0};
}
