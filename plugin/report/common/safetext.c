#include "safetext.h"

#include "base/pytext.h"
#include "base/utf8.h"

#include <stdio.h>

static bool is_safe(struct str s)
{
    while (s.len) {
        uint32_t code;
        size_t len = utf8_char(s, &code);
        if (!len || utf8_misleads(code))
            return false;
        s.data += len;
        s.len -= len;
    }
    return true;
}

void safetext_add(struct buf *out, struct str text)
{
    if (is_safe(text))
        buf_add_str(out, text);
    else
        pytext_repr(out, text);
}

/* Writes a character as Python's repr does: at most SAFETEXT_ESCAPE_MAX bytes and a
 * NUL. */
static size_t write_escape(char *out, uint32_t code)
{
    const size_t size = SAFETEXT_ESCAPE_MAX + 1;
    int len = code > 0xffff ? snprintf(out, size, "\\U%08x", code)
              : code > 0xff ? snprintf(out, size, "\\u%04x", code)
                            : snprintf(out, size, "\\x%02x", code);
    return (size_t)len;
}

size_t safetext_line(char *out, size_t size, struct str text)
{
    size_t used = 0;
    while (text.len && used + SAFETEXT_ESCAPE_MAX < size) {
        uint32_t code = (uint8_t)*text.data;
        size_t len = utf8_char(text, &code);
        if (len && !utf8_misleads(code)) {
            memcpy(out + used, text.data, len);
            used += len;
        } else {
            used += write_escape(out + used, code);
        }
        text.data += len ? len : 1;
        text.len -= len ? len : 1;
    }
    out[used] = '\0';
    return used;
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
