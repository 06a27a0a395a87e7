#include "utf8.h"

size_t utf8_char(struct str s, uint32_t *code)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least; /* smaller code points are overlong forms */
    } forms[] = {
        {0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

    for (size_t len = 1; len <= 4 && len <= s.len; len++) {
        uint8_t first = (uint8_t)s.data[0];
        if ((first & forms[len - 1].mask) != forms[len - 1].lead)
            continue;
        uint32_t value = first & (uint8_t)~forms[len - 1].mask;
        for (size_t i = 1; i < len; i++) {
            if (((uint8_t)s.data[i] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | ((uint8_t)s.data[i] & 0x3f);
        }
        bool surrogate = value >= 0xd800 && value <= 0xdfff;
        if (value < forms[len - 1].least || surrogate || value > 0x10ffff)
            return 0;
        *code = value;
        return len;
    }
    return 0;
}

bool utf8_misleads(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e},
        {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
        {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
    };
    if (code < 0xad)
        return utf8_is_control(code);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

/* Returns the surrogate that s begins with, in "surrogatepass" encoding; 0: none. */
static uint32_t surrogate(struct str s)
{
    const unsigned char *c = (const unsigned char *)s.data;
    if (s.len < 3 || c[0] != 0xed || c[1] < 0xa0 || c[1] > 0xbf ||
        (c[2] & 0xc0) != 0x80)
        return 0;
    return 0xd000u | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
}

static void add_bytes(struct str s, struct buf *bytes)
{
    while (s.len) {
        uint32_t code = surrogate(s);
        bool is_byte = code >= 0xdc80 && code <= 0xdcff;
        buf_add_char(bytes, is_byte ? (char)(code - 0xdc00) : *s.data);
        s.data += is_byte ? 3 : 1;
        s.len -= is_byte ? 3 : 1;
    }
}

/* Takes one character from *bytes and appends it, or its replacement. */
static void add_restored(struct str *bytes, struct buf *out)
{
    uint32_t code = 0;
    size_t len = utf8_char(*bytes, &code);
    if (len)
        buf_add(out, bytes->data, len);
    else if ((code = surrogate(*bytes)))
        buf_printf(out, "\\u%04x", (unsigned)code);
    else
        buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*bytes->data);
    len = len ? len : code ? 3 : 1;
    bytes->data += len;
    bytes->len -= len;
}

void utf8_restore(struct str s, struct buf *out)
{
    struct buf bytes = {0};
    add_bytes(s, &bytes);
    out->failed |= bytes.failed;
    for (struct str rest = buf_str(&bytes); rest.len && !bytes.failed;)
        add_restored(&rest, out);
    buf_free(&bytes);
}
