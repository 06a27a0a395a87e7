#include "logparts.h"

#define HEADER_MOST (sizeof "[00c0ffee00c0ffee 4294967295/4294967295]\n" - 1)
#define MARK_BYTES (sizeof "[00c0ffee00c0ffee ...]\n" - 1)

static size_t whole_lines(struct str text, size_t room)
{
    const char *end = memrchr(text.data, '\n', room);
    return end ? (size_t)(end - text.data) + 1 : 0;
}

static size_t whole_characters(struct str text, size_t room)
{
    size_t len = room;
    while (len > room - 3 && ((unsigned char)text.data[len] & 0xc0) == 0x80)
        len--;
    return len;
}

/* Returns how many bytes of the text go into the next message; *marked: they end within
 * a line. */
static size_t next_len(const struct parts *p, bool *marked)
{
    size_t room = p->size - HEADER_MOST;
    *marked = false;
    if (p->rest.len <= room)
        return p->rest.len;
    size_t len = whole_lines(p->rest, room);
    *marked = len == 0;
    return len ? len : whole_characters(p->rest, room - MARK_BYTES);
}

static void advance(struct parts *p, size_t len)
{
    p->rest.data += len;
    p->rest.len -= len;
    p->number++;
}

static bool is_one_message(const struct parts *p)
{
    const char *end = memchr(p->rest.data, '\n', p->rest.len);
    return p->rest.len <= p->size && end == p->rest.data + p->rest.len - 1;
}

void parts_init(struct parts *p, const char *id, struct str record, size_t size)
{
    *p = (struct parts){.id = id, .rest = record, .size = size};
    if (size < PARTS_LEAST_SIZE)
        p->size = PARTS_LEAST_SIZE;
    if (record.len == 0 || is_one_message(p))
        return;
    struct parts ahead = *p;
    bool marked;
    while (ahead.rest.len)
        advance(&ahead, next_len(&ahead, &marked));
    p->count = ahead.number;
}

bool parts_next(struct parts *p, struct buf *out)
{
    out->len = 0;
    if (p->rest.len == 0)
        return false;
    bool marked = false;
    size_t len = p->count ? next_len(p, &marked) : p->rest.len;
    if (p->count)
        buf_printf(out, "[%s %u/%u]\n", p->id, p->number + 1, p->count);
    buf_add(out, p->rest.data, len);
    if (marked)
        buf_printf(out, "[%s ...]\n", p->id);
    advance(p, len);
    return !out->failed;
}
