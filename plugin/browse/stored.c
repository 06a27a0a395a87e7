#include "stored.h"

#include "store/indexrow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends(struct str name, struct str ending)
{
    return name.len > ending.len &&
           !memcmp(name.data + name.len - ending.len, ending.data, ending.len);
}

bool stored_has_format(struct str name, const struct format *format,
                       const struct format_table *formats)
{
    struct str ending = str_from(format->extension);
    if (!ends(name, ending))
        return false;
    for (size_t i = 0; i < formats->count; i++) {
        struct str other = str_from(formats->formats[i].extension);
        if (other.len > ending.len && ends(name, other))
            return false;
    }
    return true;
}

static const char *why_not_opened(int reason)
{
    if (reason == ENOENT)
        return "is not there any more";
    if (reason == ELOOP)
        return "is a link, which is not followed";
    if (reason == EACCES || reason == EPERM)
        return "cannot be read by the server's user";
    return "cannot be opened";
}

const char *stored_open(int dir, const char *name, struct stored *s)
{
    struct stat st;
    int fd =
        openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return why_not_opened(errno);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return "is not a regular file";
    }
    *s = (struct stored){fd, (uint64_t)st.st_size};
    return NULL;
}

/* Reads the start of profile_json.c's reports. */
bool stored_may_be_of(const struct stored *s, struct str id)
{
    static const char start[] = "{\"v\":1,\"meta\":{\"id\":\"";
    char head[sizeof start - 1 + 16];
    const struct str found = {head + sizeof start - 1, 16};
    ssize_t got = pread(s->fd, head, sizeof head, 0);
    return got != (ssize_t)sizeof head || memcmp(head, start, sizeof start - 1) != 0 ||
           !row_is_id(found) || str_equal(found, id);
}
