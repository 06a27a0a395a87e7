#include "pytext.h"

#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Characters above U+00FF that are not printable for str.isprintable() of Python 3.11,
 * which has Unicode 14.0: format, separator, surrogate and private use characters with
 * the unassigned ones around them, noncharacters of plane 0, and gaps of 128 or more
 * unassigned ones. */
static const struct {
    uint32_t first, last;
} unprintable[] = {
    {0x05f5, 0x0605},   {0x061c, 0x061c},    {0x06dd, 0x06dd},   {0x070e, 0x070f},
    {0x088f, 0x0897},   {0x08e2, 0x08e2},    {0x1680, 0x1680},   {0x180e, 0x180e},
    {0x1fff, 0x200f},   {0x2028, 0x202f},    {0x205f, 0x206f},   {0x2ffc, 0x3000},
    {0xd7fc, 0xf8ff},   {0xfefd, 0xff00},    {0xffef, 0xfffb},   {0xfffe, 0xffff},
    {0x101fe, 0x1027f}, {0x10d3a, 0x10e5f},  {0x110bd, 0x110bd}, {0x110c3, 0x110cf},
    {0x11375, 0x113ff}, {0x114da, 0x1157f},  {0x11747, 0x117ff}, {0x11af9, 0x11bff},
    {0x11daa, 0x11edf}, {0x11ef9, 0x11faf},  {0x12544, 0x12f8f}, {0x1342f, 0x143ff},
    {0x14647, 0x167ff}, {0x16b90, 0x16e3f},  {0x18d09, 0x1afef}, {0x1b2fc, 0x1bbff},
    {0x1bca0, 0x1ceff}, {0x1d173, 0x1d17a},  {0x1d246, 0x1d2df}, {0x1d379, 0x1d3ff},
    {0x1dab0, 0x1deff}, {0x1df1f, 0x1dfff},  {0x1e02b, 0x1e0ff}, {0x1e150, 0x1e28f},
    {0x1e300, 0x1e7df}, {0x1e960, 0x1ec70},  {0x1ed3e, 0x1edff}, {0x1eef2, 0x1efff},
    {0x1f266, 0x1f2ff}, {0x1fbfa, 0x1ffff},  {0x2ebe1, 0x2f7ff}, {0x2fa1e, 0x2ffff},
    {0x3134b, 0xe00ff}, {0xe01f0, 0x10ffff},
};
#define UNPRINTABLE_COUNT (sizeof(unprintable) / sizeof(*unprintable))

static bool is_printable(uint32_t code)
{
    if (code <= 0xff)
        return code >= 0x20 && !(code >= 0x7f && code <= 0xa0) && code != 0xad;
    size_t low = 0, high = UNPRINTABLE_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > unprintable[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low == UNPRINTABLE_COUNT || code < unprintable[low].first;
}

static void add_escaped(struct buf *out, uint32_t code)
{
    if (code == '\n')
        buf_add_text(out, "\\n");
    else if (code == '\r')
        buf_add_text(out, "\\r");
    else if (code == '\t')
        buf_add_text(out, "\\t");
    else if (code <= 0xff)
        buf_printf(out, "\\x%02x", (unsigned)code);
    else if (code <= 0xffff)
        buf_printf(out, "\\u%04x", (unsigned)code);
    else
        buf_printf(out, "\\U%08x", (unsigned)code);
}

void pytext_repr(struct buf *out, struct str bytes)
{
    bool single = bytes.len && memchr(bytes.data, '\'', bytes.len);
    bool twofold = bytes.len && memchr(bytes.data, '"', bytes.len);
    char quote = single && !twofold ? '"' : '\'';

    buf_add_char(out, quote);
    while (bytes.len) {
        uint32_t code = (uint8_t)bytes.data[0];
        size_t len = utf8_char(bytes, &code);
        if (len == 0) {
            buf_printf(out, "\\x%02x", (unsigned)code);
            len = 1;
        } else if (is_printable(code)) {
            if (code == (unsigned char)quote || code == '\\')
                buf_add_char(out, '\\');
            buf_add(out, bytes.data, len);
        } else {
            add_escaped(out, code);
        }
        bytes.data += len;
        bytes.len -= len;
    }
    buf_add_char(out, quote);
}

/* A finite number: 0.DIGITS times 10 to the power of point. */
struct decimal {
    char digits[PYTEXT_PRECISION_MAX + 2];
    int count;
    int point;
    bool negative;
};

/* Rounds to count significant digits and removes trailing zeros. printf's text contains
 * the locale's decimal point, which is skipped. */
static void decimal_round(struct decimal *d, double value, int count)
{
    char text[PYTEXT_PRECISION_MAX + 32];
    snprintf(text, sizeof(text), "%.*e", count - 1, fabs(value));
    const char *exponent = strchr(text, 'e');
    d->negative = signbit(value) != 0;
    d->point = (int)strtol(exponent + 1, NULL, 10) + 1;
    d->count = 0;
    for (const char *c = text; c < exponent; c++)
        if (*c >= '0' && *c <= '9')
            d->digits[d->count++] = *c;
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->count--;
}

/* Finds the fewest digits that read back as value; 17 are always enough. */
static void decimal_shortest(struct decimal *d, double value)
{
    for (int count = 1; count <= 17; count++) {
        char text[64];
        snprintf(text, sizeof(text), "%.*e", count - 1, value);
        if (count < 17 && strtod(text, NULL) != value)
            continue;
        decimal_round(d, value, count);
        return;
    }
}

static void add_exponential(struct buf *out, const struct decimal *d)
{
    int exponent = d->point - 1;
    buf_add_char(out, d->digits[0]);
    if (d->count > 1) {
        buf_add_char(out, '.');
        buf_add(out, d->digits + 1, (size_t)d->count - 1);
    }
    buf_printf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

static void add_positional(struct buf *out, const struct decimal *d)
{
    if (d->point <= 0) {
        buf_add_text(out, "0.");
        buf_fill(out, '0', (size_t)-d->point);
        buf_add(out, d->digits, (size_t)d->count);
    } else if (d->point >= d->count) {
        buf_add(out, d->digits, (size_t)d->count);
        buf_fill(out, '0', (size_t)(d->point - d->count));
        buf_add_text(out, ".0");
    } else {
        buf_add(out, d->digits, (size_t)d->point);
        buf_add_char(out, '.');
        buf_add(out, d->digits + d->point, (size_t)(d->count - d->point));
    }
}

/* Chooses between the two notations as Python does (format_float_short in
 * pystrtod.c). */
static void add_decimal(struct buf *out, const struct decimal *d, int largest_point)
{
    if (d->negative)
        buf_add_char(out, '-');
    if (d->point <= -4 || d->point > largest_point)
        add_exponential(out, d);
    else
        add_positional(out, d);
}

static bool add_not_finite(struct buf *out, double value)
{
    if (isfinite(value))
        return false;
    buf_add_text(out, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return true;
}

static int clamp_precision(unsigned precision)
{
    return precision < PYTEXT_PRECISION_MAX ? (int)precision : PYTEXT_PRECISION_MAX;
}

void pytext_float(struct buf *out, double value)
{
    struct decimal d;
    if (add_not_finite(out, value))
        return;
    decimal_shortest(&d, value);
    add_decimal(out, &d, 16);
}

void pytext_general(struct buf *out, double value, unsigned precision)
{
    struct decimal d;
    if (add_not_finite(out, value))
        return;
    int count = precision ? clamp_precision(precision) : 1;
    decimal_round(&d, value, count);
    add_decimal(out, &d, count - 1);
}

void pytext_fixed(struct buf *out, double value, unsigned precision)
{
    char text[PYTEXT_PRECISION_MAX + 330]; /* the largest double has 309 digits */
    if (add_not_finite(out, value))
        return;
    int len = snprintf(text, sizeof(text), "%.*f", clamp_precision(precision), value);
    bool point = false;
    for (int i = 0; i < len; i++) {
        if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
            buf_add_char(out, text[i]);
        } else if (!point) { /* the locale's point, which may have several bytes */
            buf_add_char(out, '.');
            point = true;
        }
    }
}
