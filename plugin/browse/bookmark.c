#include "bookmark.h"

#include "base/digits.h"
#include "base/hash.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

/* Most lines are shorter. Each has an id, so these bytes are in no index twice. */
#define CHECKED_BYTES 512

#define CHECK_DIGITS 16

bool bookmark_make(int fd, uint64_t offset, struct bookmark *mark)
{
    char bytes[CHECKED_BYTES];
    size_t size = offset < sizeof bytes ? (size_t)offset : sizeof bytes, len = 0;
    while (len < size) {
        ssize_t got = pread(fd, bytes + len, size - len, (off_t)(offset - size + len));
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO; /* somebody cut the file */
        if (got <= 0)
            return false;
        len += (size_t)got;
    }
    *mark = (struct bookmark){offset, hash_bytes(0, (struct str){bytes, size})};
    return true;
}

bool bookmark_holds(int fd, struct bookmark mark)
{
    struct bookmark now;
    return bookmark_make(fd, mark.offset, &now) && now.check == mark.check;
}

void bookmark_write(struct bookmark mark, struct buf *out)
{
    buf_printf(out, "%" PRIu64 "-%0*" PRIx64, mark.offset, CHECK_DIGITS, mark.check);
}

bool bookmark_take(struct str *text, struct bookmark *mark)
{
    if (digits_take(text, 10, INT64_MAX, &mark->offset) != DIGITS_OK ||
        text->len < 1 + CHECK_DIGITS || text->data[0] != '-')
        return false;
    struct str check = {text->data + 1, CHECK_DIGITS};
    text->data += 1 + CHECK_DIGITS;
    text->len -= 1 + CHECK_DIGITS;
    return digits_read(check, 16, UINT64_MAX, &mark->check) == DIGITS_OK;
}
