#include "json.h"

#include "base/utf8.h"
#include "decimal.h"

static void add_unit(struct buf *out, uint32_t code)
{
    static const char digits[] = "0123456789abcdef";
    const char text[6] = {'\\',
                          'u',
                          digits[code >> 12 & 15],
                          digits[code >> 8 & 15],
                          digits[code >> 4 & 15],
                          digits[code & 15]};
    buf_add(out, text, sizeof text);
}

/* Code points above U+FFFF take two surrogates. */
static void add_escape(struct buf *out, uint32_t code)
{
    if (code > 0xffff) {
        add_unit(out, 0xd800 + ((code - 0x10000) >> 10));
        code = 0xdc00 + ((code - 0x10000) & 0x3ff);
    }
    add_unit(out, code);
}

static void add_ascii(struct buf *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    } else if (c == '\n') {
        buf_add_text(out, "\\n");
    } else if (c < 0x20 || c == 0x7f || c == '<') {
        add_escape(out, c);
    } else {
        buf_add_char(out, (char)c);
    }
}

void json_string(struct buf *out, struct str bytes)
{
    buf_add_char(out, '"');
    while (bytes.len) {
        uint32_t code;
        size_t size = utf8_char(bytes, &code);
        if (size == 0)
            buf_add_text(out, "\xef\xbf\xbd");
        else if (size == 1)
            add_ascii(out, (unsigned char)code);
        else if (utf8_misleads(code))
            add_escape(out, code);
        else
            buf_add(out, bytes.data, size);
        bytes.data += size ? size : 1;
        bytes.len -= size ? size : 1;
    }
    buf_add_char(out, '"');
}

void json_next(struct buf *out)
{
    char last = out->len ? out->data[out->len - 1] : '{';
    if (last != '{' && last != '[')
        buf_add_char(out, ',');
}

void json_item(struct buf *out, uint64_t value)
{
    json_next(out);
    decimal_add_integer(out, value, 0);
}

void json_key(struct buf *out, const char *key)
{
    json_next(out);
    buf_add_char(out, '"');
    buf_add_text(out, key);
    buf_add_text(out, "\":");
}

void json_text(struct buf *out, const char *key, struct str value)
{
    json_key(out, key);
    json_string(out, value);
}

/* The first len bytes, or fewer so as not to cut a character. len is below
 * value.len. */
static struct str cut(struct str value, size_t len)
{
    size_t start = len;
    while (start && len - start < 3 && (value.data[start] & 0xc0) == 0x80)
        start--;
    bool within = ((unsigned char)value.data[start] & 0xc0) == 0xc0;
    return (struct str){value.data, within ? start : len};
}

void json_text_most(struct buf *out, const char *key, struct str value, size_t most)
{
    static const struct str dots = {"...", 3};
    json_key(out, key);
    size_t start = out->len;
    struct str part = value.len > most ? cut(value, most) : value;
    while (!out->failed) {
        out->len = start;
        json_string(out, part);
        size_t written = out->len - start - 2;
        size_t room = part.len < value.len ? most - dots.len : most;
        if (written <= room)
            break;
        part = cut(value, part.len * room / written); /* escapes make it longer */
    }
    if (part.len == value.len || out->failed)
        return;
    out->len--;
    buf_add_str(out, dots);
    buf_add_char(out, '"');
}

void json_text_or_null(struct buf *out, const char *key, struct str value)
{
    json_key(out, key);
    if (value.data)
        json_string(out, value);
    else
        buf_add_text(out, "null");
}

void json_number(struct buf *out, const char *key, uint64_t value)
{
    json_key(out, key);
    decimal_add_integer(out, value, 0);
}

void json_number_or_null(struct buf *out, const char *key, uint64_t value)
{
    json_key(out, key);
    if (value)
        decimal_add_integer(out, value, 0);
    else
        buf_add_text(out, "null");
}

void json_ms(struct buf *out, const char *key, uint64_t ns)
{
    json_key(out, key);
    decimal_add_ms(out, ns);
}
