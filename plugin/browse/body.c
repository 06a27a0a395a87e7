#include "body.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Bytes of a file in one block; escaped, a block may be six times as long. */
#define READ_BYTES 16384

static const struct str escape = {"\\u003c", 6};

void body_add(struct body *b, struct str text)
{
    b->pieces[b->count++].text = text.data ? text : STR("");
    b->length += text.len;
}

void body_own(struct body *b, struct buf *text)
{
    b->failed |= text->failed;
    b->owned = *text;
    *text = (struct buf){0};
    body_add(b, buf_str(&b->owned));
}

static size_t count_less_than(struct str text)
{
    size_t count = 0;
    const char *end = text.data + text.len, *at = text.data;
    while ((at = memchr(at, '<', (size_t)(end - at))) && ++at)
        count++;
    return count;
}

/* Reads the next bytes of the file to the end of the block. */
static bool read_some(struct body *b, struct str *text)
{
    struct body_file *f = &b->file;
    char *raw = b->block + (f->escaped ? (escape.len - 1) * READ_BYTES : 0);
    size_t wanted = f->left < READ_BYTES ? (size_t)f->left : READ_BYTES;
    ssize_t got;
    do
        got = pread(f->fd, raw, wanted, (off_t)f->at);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        b->failed = true;
        return false;
    }
    f->at += (uint64_t)got;
    f->left -= (uint64_t)got;
    *text = (struct str){raw, (size_t)got};
    return true;
}

static void measure(struct body *b)
{
    struct body_file start = b->file;
    struct str text;
    while (b->file.left && read_some(b, &text))
        b->length += count_less_than(text) * (escape.len - 1);
    b->file = start;
}

void body_add_file(struct body *b, int fd, uint64_t size, bool escaped)
{
    b->pieces[b->count++].text = (struct str){NULL, 0};
    b->file = (struct body_file){true, fd, escaped, size, 0};
    b->length += size;
    b->block = malloc(READ_BYTES * (escaped ? escape.len : 1));
    b->failed |= !b->block;
    if (escaped && !b->failed)
        measure(b);
}

/* Writes over the text only where it has been read: each byte becomes six at most, and
 * the text is at the block's end. */
static struct str escape_text(char *block, struct str text)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '<') {
            memcpy(block + len, escape.data, escape.len);
            len += escape.len;
        } else {
            block[len++] = c;
        }
    }
    return (struct str){block, len};
}

static bool next_of_file(struct body *b, struct str *block)
{
    if (!b->file.left || !read_some(b, block))
        return false;
    if (b->file.escaped)
        *block = escape_text(b->block, *block);
    return true;
}

static bool next_block(struct body *b, struct str *block)
{
    while (b->next < b->count && !b->failed) {
        *block = b->pieces[b->next].text;
        if (!block->data && next_of_file(b, block))
            return true;
        b->next += !b->failed;
        if (block->len)
            return true;
    }
    return false;
}

bool body_next(struct body *b, struct str *block)
{
    uint64_t left = b->length - b->sent;
    bool found = left && next_block(b, block);
    b->failed |= left && !found;
    if (found && block->len > left)
        block->len = (size_t)left;
    b->sent += found ? block->len : 0;
    return found;
}

void body_free(struct body *b)
{
    if (b->file.opened)
        close(b->file.fd);
    free(b->block);
    buf_free(&b->owned);
    *b = (struct body){0};
}
