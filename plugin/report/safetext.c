#include "safetext.h"

#include "../core/pytext.h"
#include "../core/utf8.h"

/* Does a terminal or a reader of lines take any of these bytes for more than a
 * character? C0, DEL, C1, and U+2028 and U+2029, which some take for line ends. */
static bool has_control(struct str s)
{
    const unsigned char *c = (const unsigned char *)s.data;
    for (size_t i = 0; i < s.len; i++) {
        if (c[i] < 0x20 || c[i] == 0x7f)
            return true;
        if (c[i] == 0xc2 && i + 1 < s.len && c[i + 1] < 0xa0)
            return true;
        if (c[i] == 0xe2 && i + 2 < s.len && c[i + 1] == 0x80 && (c[i + 2] | 1) == 0xa9)
            return true;
    }
    return false;
}

/* Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm. */
static bool turns_direction(uint32_t code)
{
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool stays_in_its_column(struct str s)
{
    while (s.len) {
        uint32_t code;
        size_t len = utf8_char(s, &code);
        if (!len || turns_direction(code))
            return false;
        s.data += len;
        s.len -= len;
    }
    return true;
}

void safetext_add(struct buf *out, struct str text)
{
    if (has_control(text))
        pytext_repr(out, text);
    else
        buf_add_str(out, text);
}

void safetext_add_name(struct buf *out, struct str name)
{
    if (stays_in_its_column(name))
        safetext_add(out, name);
    else
        pytext_repr(out, name);
}

void safetext_add_plain(struct buf *out, struct str text)
{
    while (text.len) {
        uint32_t code;
        size_t len = utf8_char(text, &code);
        if (len == 0 || utf8_is_control(code))
            buf_add_text(out, "\xef\xbf\xbd");
        else
            buf_add(out, text.data, len);
        text.data += len ? len : 1;
        text.len -= len ? len : 1;
    }
}

void safetext_add_method(struct buf *out, struct str method)
{
    bool word = method.len > 0;
    for (size_t i = 0; i < method.len; i++)
        word = word && method.data[i] > ' ' && method.data[i] < 0x7f;
    if (word)
        buf_add_str(out, method);
    else
        pytext_repr(out, method);
}
