#include "decimal.h"

#include "base/digits.h"

/* enough for any uint64_t with a point */
#define TEXT_BYTES (DIGITS_MAX + 4)

static void add_right(struct buf *out, const char *text, size_t len, size_t width)
{
    if (len < width)
        buf_fill(out, ' ', width - len);
    buf_add(out, text, len);
}

void decimal_add_point(struct buf *out, uint64_t value, int decimals, size_t width)
{
    char text[TEXT_BYTES], *end = text + sizeof text;
    uint64_t scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    char *start = digits_put(end, value % scale, decimals);
    if (decimals)
        *--start = '.';
    start = digits_put(start, value / scale, 1);
    add_right(out, start, (size_t)(end - start), width);
}

/* Writes 12345 as "12.345". */
static void add_thousandths(struct buf *out, uint64_t value, size_t width)
{
    decimal_add_point(out, value, 3, width);
}

/* Writes numbers that no profile contains: negative, 2^53 and above, infinite, not a
 * number. So speed does not matter. %.0f writes no decimal point, so the locale has no
 * effect. */
static void add_rare(struct buf *out, double value, size_t width)
{
    struct buf text = {0};
    double magnitude = __builtin_fabs(value);
    if (__builtin_signbit(value) && value == value)
        buf_add_char(&text, '-');
    if (value != value)
        buf_add_text(&text, "nan");
    else if (__builtin_isinf(magnitude))
        buf_add_text(&text, "inf");
    else if (magnitude < 0x1p53)
        decimal_add(&text, magnitude, 0);
    else
        buf_printf(&text, "%.0f.000", magnitude);
    if (text.failed)
        out->failed = true;
    add_right(out, text.data, text.len, width);
    buf_free(&text);
}

/* A double below 2^53 is mantissa / 2^shift, with a mantissa of 53 bits. So 1000 times
 * the value is a 63-bit integer divided by a power of two. The bits that are shifted
 * out determine the rounding exactly. */
void decimal_add(struct buf *out, double value, size_t width)
{
    if (!(value >= 0) || value >= 0x1p53 || __builtin_signbit(value)) {
        add_rare(out, value, width);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned exponent = (unsigned)(bits >> 52);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent)
        mantissa |= UINT64_C(1) << 52;
    unsigned shift = 1075 - exponent;
    uint64_t scaled = mantissa * 1000, thousandths = 0;
    if (shift == 0) {
        thousandths = scaled;
    } else if (shift < 64) { /* otherwise it is less than half a thousandth */
        thousandths = scaled >> shift;
        uint64_t rest = scaled - (thousandths << shift);
        uint64_t half = UINT64_C(1) << (shift - 1);
        if (rest > half || (rest == half && (thousandths & 1)))
            thousandths++;
    }
    add_thousandths(out, thousandths, width);
}

void decimal_add_integer(struct buf *out, uint64_t value, size_t width)
{
    char text[TEXT_BYTES], *end = text + sizeof text;
    char *start = digits_put(end, value, 1);
    add_right(out, start, (size_t)(end - start), width);
}

void decimal_add_grouped(struct buf *out, uint64_t value)
{
    uint64_t scale = 1;
    while (value / scale >= 1000)
        scale *= 1000;
    decimal_add_integer(out, value / scale, 0);
    for (; scale > 1; scale /= 1000)
        buf_printf(out, ",%03u", (unsigned)(value % scale / (scale / 1000)));
}

void decimal_add_ms(struct buf *out, uint64_t ns)
{
    add_thousandths(out, ns / 1000 + (ns % 1000 >= 500), 0);
}

void decimal_add_seconds(struct buf *out, uint64_t ns)
{
    decimal_add_point(out, ns, 9, 0);
}
