#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

bool buf_reserve(struct buf *b, size_t extra)
{
    if (b->failed)
        return false;
    if (extra <= b->cap - b->len)
        return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->len < extra) {
        if (cap > SIZE_MAX / 2) {
            b->failed = true;
            return false;
        }
        cap *= 2;
    }
    char *data = realloc(b->data, cap);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
    if (len == 0 || !buf_reserve(b, len))
        return;
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void buf_add_str(struct buf *b, struct str s)
{
    buf_add(b, s.data, s.len);
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_fill(struct buf *b, char c, size_t count)
{
    if (count == 0 || !buf_reserve(b, count))
        return;
    memset(b->data + b->len, c, count);
    b->len += count;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !buf_reserve(b, (size_t)len + 1)) {
        b->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
}

#define QUOTED_MAX 60 /* bytes between the quotes: a message must stay one line */

void buf_add_quoted(struct buf *b, struct str value)
{
    bool has_quote = value.len && memchr(value.data, '"', value.len);
    char quote = has_quote ? '\'' : '"';
    buf_add_char(b, quote);
    size_t start = b->len;
    for (size_t i = 0; i < value.len && !b->failed; i++) {
        if (b->len - start >= QUOTED_MAX) {
            buf_add_text(b, "...");
            break;
        }
        unsigned char c = (unsigned char)value.data[i];
        if (c >= 0x20 && c < 0x7f)
            buf_add_char(b, (char)c);
        else
            buf_printf(b, "\\x%02x", (unsigned)c);
    }
    buf_add_char(b, quote);
}

const char *buf_cstr(struct buf *b)
{
    if (b->failed || !buf_reserve(b, 1))
        return "";
    b->data[b->len] = '\0';
    return b->data;
}
