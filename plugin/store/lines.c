#include "lines.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#define BLOCK_BYTES 65536

/* Reads a part of the file. Returns the number of bytes, 0 at the end of the file or
 * after a failure. */
static size_t read_at(struct lines *l, char *to, size_t size, uint64_t offset)
{
    ssize_t len;
    do
        len = pread(l->fd, to, size, (off_t)offset);
    while (len < 0 && errno == EINTR);
    if (len < 0)
        l->reason = errno;
    return len > 0 ? (size_t)len : 0;
}

static bool reserve_block(struct lines *l)
{
    if (!buf_reserve(&l->text, BLOCK_BYTES))
        l->reason = ENOMEM;
    return !l->reason;
}

/* Drops the returned lines and reads one more block. Returns false at the end. */
static bool read_more(struct lines *l)
{
    struct buf *text = &l->text;
    if (l->at) {
        memmove(text->data, text->data + l->at, text->len - l->at);
        text->len -= l->at;
        l->at = 0;
    }
    if (!reserve_block(l))
        return false;
    size_t len = read_at(l, text->data + text->len, BLOCK_BYTES, l->offset + text->len);
    text->len += len;
    return len > 0;
}

/* Drops a part of a line that is too long. */
static bool drop_too_long(struct lines *l)
{
    if (l->text.len - l->at <= LINE_MAX_BYTES)
        return false;
    l->offset += l->text.len - l->at;
    l->text.len = l->at = 0;
    l->too_long = true;
    return true;
}

/* The line that was found, or an empty one if it is too long. */
static struct str whole_line(struct lines *l, const char *begin, size_t len)
{
    bool too_long = l->too_long || len > LINE_MAX_BYTES;
    l->too_long = false;
    return too_long ? STR("") : (struct str){begin, len};
}

bool lines_step(struct lines *l, struct str *line)
{
    size_t looked = 0; /* bytes without a newline */
    *line = (struct str){0};
    for (;;) {
        size_t left = l->text.len - l->at;
        const char *begin = left ? l->text.data + l->at : NULL;
        const char *end =
            left > looked ? memchr(begin + looked, '\n', left - looked) : NULL;
        if (end) {
            size_t len = (size_t)(end - begin);
            *line = whole_line(l, begin, len);
            l->at += len + 1;
            l->offset += len + 1;
            return true;
        }
        if (drop_too_long(l))
            return true;
        looked = left;
        if (!read_more(l))
            return false;
    }
}

bool lines_next(struct lines *l, struct str *line)
{
    while (lines_step(l, line))
        if (line->data)
            return true;
    return false;
}

/* Puts one more block in front of the text. The file has at least l->offset bytes,
 * unless somebody cut it meanwhile. */
static bool read_before(struct lines *l)
{
    struct buf *text = &l->text;
    uint64_t begin = l->offset - text->len;
    size_t size = begin < BLOCK_BYTES ? (size_t)begin : BLOCK_BYTES;
    if (!reserve_block(l))
        return false;
    if (text->len)
        memmove(text->data + size, text->data, text->len);
    for (size_t got = 0, len; got < size; got += len) {
        len = read_at(l, text->data + got, size - got, begin - size + got);
        if (len == 0) {
            l->reason = l->reason ? l->reason : EIO;
            return false;
        }
    }
    text->len += size;
    return true;
}

/* Takes the text from `begin` on. */
static bool take_back(struct lines *l, size_t begin)
{
    l->offset -= l->text.len - begin;
    l->text.len = begin;
    return true;
}

/* Finds the beginning of the line before the newline at the end of the text, if there
 * is one there. */
static bool find_back(struct lines *l, size_t newline, struct str *line)
{
    for (size_t looked = newline;;) {
        size_t len = l->text.len;
        const char *data = l->text.data, *before = memrchr(data, '\n', len - looked);
        size_t begin = before ? (size_t)(before - data) + 1 : 0;
        if (before || l->offset == len) {
            *line = whole_line(l, data + begin, len - begin - newline);
            return take_back(l, begin);
        }
        if (len > LINE_MAX_BYTES) {
            l->too_long = true;
            return take_back(l, 0);
        }
        looked = len;
        if (!read_before(l))
            return false;
    }
}

bool lines_step_back(struct lines *l, struct str *line)
{
    *line = (struct str){0};
    if (l->offset && l->text.len == 0 && !read_before(l))
        return false;
    bool begins = l->offset == 0 || l->text.data[l->text.len - 1] == '\n';
    if (begins && l->too_long) {
        *line = whole_line(l, NULL, 0);
        return true;
    }
    if (l->offset == 0)
        return false;
    l->too_long = !begins;
    return find_back(l, begins, line);
}

void lines_free(struct lines *l)
{
    buf_free(&l->text);
}
