#include "secret.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_secret_char(char c)
{
    return c > ' ' && c <= '~' && !strchr(",;%\"'", c);
}

bool secret_set(struct secret *s, struct str text, struct buf *error)
{
    if (text.len < SECRET_BYTES_LEAST || text.len > SECRET_BYTES_MOST) {
        buf_printf(error, "a secret of %zu bytes cannot be used", text.len);
        return false;
    }
    for (size_t i = 0; i < text.len; i++)
        if (!is_secret_char(text.data[i])) {
            buf_printf(error, "a secret cannot hold the character at %zu", i + 1);
            return false;
        }
    *s = (struct secret){.len = text.len};
    memcpy(s->bytes, text.data, text.len);
    return true;
}

static struct str without_end(struct str text)
{
    while (text.len && memchr(" \t\r\n", text.data[text.len - 1], 4))
        text.len--;
    return text;
}

/* Enough for the longest secret and the line ends after it. */
#define FILE_BYTES_MOST 4096

static enum secret_file fail(struct buf *error, int number)
{
    buf_add_text(error, strerror(number));
    return number == EACCES || number == EPERM ? SECRET_FILE_DENIED : SECRET_FILE_BAD;
}

static enum secret_file read_open(struct secret *s, int fd, struct buf *error)
{
    char bytes[FILE_BYTES_MOST + 1];
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fail(error, errno);
    if (!S_ISREG(st.st_mode)) {
        buf_add_text(error, "not a file");
        return SECRET_FILE_BAD;
    }
    ssize_t len = fd_read_all(fd, bytes, sizeof bytes);
    if (len < 0)
        return fail(error, errno);
    bool whole = len <= FILE_BYTES_MOST;
    if (!whole)
        buf_printf(error, "a file of more than %d bytes is no secret", FILE_BYTES_MOST);
    bool ok =
        whole && secret_set(s, without_end((struct str){bytes, (size_t)len}), error);
    explicit_bzero(bytes, sizeof bytes);
    if (!ok)
        return SECRET_FILE_BAD;
    return st.st_mode & (S_IRWXG | S_IRWXO) & ~(mode_t)(S_IXGRP | S_IXOTH)
               ? SECRET_FILE_EXPOSED
               : SECRET_FILE_OK;
}

enum secret_file secret_read(struct secret *s, const char *path, struct buf *error)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail(error, errno);
    enum secret_file result = read_open(s, fd, error);
    close(fd);
    return result;
}
