#include "carry.h"

#include "server.h"

#include <fcntl.h>
#include <sys/mman.h>

/* Names a descriptor; never read where a request could have set it. */
#define VARIABLE "PROFILER_KEY_FD"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct carried {
    char path[PATH_MAX];
    struct timespec changed; /* the file, when it was read */
    struct secret secret;
};

static int kept = -1;

/* The descriptor that the server before has left, or -1. Nothing but a file without a
 * name, sealed as we do it, is one. */
static int inherited(void)
{
    const char *text = getenv(VARIABLE);
    char *end;
    if (!text)
        return -1;
    long fd = strtol(text, &end, 10);
    bool is_number = end != text && !*end && fd > STDERR_FILENO && fd <= INT_MAX;
    unsetenv(VARIABLE);
    return is_number && fcntl((int)fd, F_GET_SEALS) == SEALS ? (int)fd : -1;
}

bool carry_take(const char *path, struct secret *s, struct timespec *changed)
{
    struct carried c;
    int fd = inherited();
    if (fd < 0)
        return false;
    bool same = path && pread(fd, &c, sizeof c, 0) == (ssize_t)sizeof c &&
                !strncmp(c.path, path, sizeof c.path) &&
                c.secret.len <= sizeof c.secret.bytes;
    close(fd);
    if (same) {
        *s = c.secret;
        *changed = c.changed;
    }
    explicit_bzero(&c, sizeof c);
    return same;
}

static bool fill(int fd, const char *path, const struct secret *s,
                 struct timespec changed)
{
    struct carried c = {.changed = changed, .secret = *s};
    size_t len = strlen(path);
    if (len >= sizeof c.path)
        return false;
    memcpy(c.path, path, len);
    bool ok = write(fd, &c, sizeof c) == (ssize_t)sizeof c &&
              fcntl(fd, F_ADD_SEALS, SEALS) == 0;
    explicit_bzero(&c, sizeof c);
    return ok;
}

void carry_keep(const char *path, const struct secret *s, struct timespec changed)
{
    if (!s->len)
        return;
    int fd = memfd_create("profiler-key", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && !fill(fd, path, s, changed)) {
        close(fd);
        fd = -1;
    }
    kept = fd;
    if (kept >= 0)
        uwsgi_add_safe_fd(kept); /* else the reload would close it */
}

void carry_over_reload(void)
{
    char number[16];
    if (kept < 0 || !uwsgi_instance_is_reloading)
        return;
    snprintf(number, sizeof number, "%d", kept);
    if (setenv(VARIABLE, number, 1) == 0)
        fcntl(kept, F_SETFD, 0);
}

void carry_drop(void)
{
    if (kept >= 0)
        close(kept);
    kept = -1;
}
