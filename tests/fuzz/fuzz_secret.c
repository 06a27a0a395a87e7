/* The file of profiler-key-file.
 *
 * Input: its content. */

#include "fuzz.h"

#include "options/secret.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* The content must be the secret, followed only by blanks and line ends. */
static void check_secret(const struct secret *s, struct str content)
{
    CHECK(s->len >= SECRET_BYTES_LEAST && s->len <= SECRET_BYTES_MOST);
    CHECK(str_starts(content, (struct str){s->bytes, s->len}));
    for (size_t i = 0; i < s->len; i++)
        CHECK(s->bytes[i] > ' ' && s->bytes[i] <= '~');
    for (size_t i = s->len; i < sizeof s->bytes; i++)
        CHECK(s->bytes[i] == 0);
    for (size_t i = s->len; i < content.len; i++)
        CHECK(strchr(" \t\r\n", content.data[i]) && content.data[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str content = fuzz_input(data, size);
    struct secret s, before;
    struct buf error = {0};
    char path[64];
    int fd = memfd_create("key", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, content.data, content.len) == (ssize_t)content.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    memset(&s, 'x', sizeof s);
    before = s;

    enum secret_file result = secret_read(&s, path, &error);
    if (result == SECRET_FILE_OK || result == SECRET_FILE_EXPOSED) {
        CHECK(error.len == 0);
        check_secret(&s, content);
    } else {
        CHECK(result == SECRET_FILE_BAD && !memcmp(&s, &before, sizeof s));
        fuzz_check_message(buf_str(&error));
    }
    close(fd);
    buf_free(&error);
    return 0;
}
