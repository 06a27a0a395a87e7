#include "carry.h"

#include "system/ownfd.h"
#include "server.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct carried {
    char path[PATH_MAX];
    struct timespec changed; /* the file's st_mtim when it was read */
    struct secret secret;
};

static struct ownfd kept = {.number = -1};

/* The secret is kept early, when few files are open. */
#define NUMBER_MOST 1024

static bool is_carried(int fd)
{
    struct stat st;
    return fcntl(fd, F_GET_SEALS) == SEALS && fstat(fd, &st) == 0 &&
           st.st_size == (off_t)sizeof(struct carried);
}

/* Returns the descriptor that the previous server left, or -1. It is recognised by its
 * properties: a nameless file with our seals. An environment variable with its number
 * would stay when the next server does not load this plugin. */
static int inherited(void)
{
    if (!uwsgi.is_a_reload)
        return -1;
    for (int fd = STDERR_FILENO + 1; fd < NUMBER_MOST; fd++)
        if (is_carried(fd))
            return fd;
    return -1;
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
    kept = ownfd_take(fd);
    if (kept.number >= 0)
        uwsgi_add_safe_fd(kept.number); /* otherwise the reload would close it */
}

void carry_over_reload(void)
{
    if (uwsgi_instance_is_reloading && ownfd_is_there(&kept))
        fcntl(kept.number, F_SETFD, 0);
}

void carry_drop(void)
{
    ownfd_close(&kept);
}
