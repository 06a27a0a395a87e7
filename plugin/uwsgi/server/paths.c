#include "paths.h"

#include "server.h"

#include <sys/stat.h>

static bool resolve(char **path)
{
    if (!*path || **path == '/')
        return true;
    char *here = getcwd(NULL, 0);
    struct buf absolute = {0};
    buf_printf(&absolute, "%s/%s", here ? here : ".", *path);
    free(here);
    char *copy = absolute.failed ? NULL : strdup(buf_cstr(&absolute));
    buf_free(&absolute);
    if (!copy)
        return false;
    free(*path);
    *path = copy;
    return true;
}

bool paths_resolve(void)
{
    struct config *c = &profiler.config;
    return resolve(&c->off_file) && resolve(&c->dir) && resolve(&c->stream);
}

/* Owned by root, by this process's user, or by the user that the server will become. */
static bool is_own(const struct stat *st)
{
    return st->st_uid == 0 || st->st_uid == geteuid() || st->st_uid == uwsgi.uid;
}

/* Whoever may write to a directory can replace its entries. With the sticky bit, only
 * entries that they own, or that do not exist yet. */
static bool is_open(const struct stat *st, bool has_entry)
{
    return !is_own(st) ||
           (st->st_mode & S_IWOTH && !(has_entry && st->st_mode & S_ISVTX));
}

/* Checks the parent directories, up to the first that others can write to. */
static void warn_above(const char *dir, bool there)
{
    char above[PATH_MAX];
    struct stat st;
    snprintf(above, sizeof above, "%s", dir);
    for (char *end; (end = strrchr(above, '/')); there = true) {
        bool is_root = end == above;
        end[is_root] = '\0';
        if (stat(above, &st) == 0 && is_open(&st, there)) {
            profiler_log("profiler-dir: others can write to %s, and replace %s: use a "
                         "directory like /var/lib/NAME/profiles",
                         above, dir);
            return;
        }
        if (is_root)
            return;
    }
}

void paths_warn(void)
{
    const struct config *c = &profiler.config;
    struct stat st;
    if (!c->dir)
        return;
    bool there = stat(c->dir, &st) == 0;
    if (there && !is_own(&st))
        profiler_log(
            "profiler-dir: %s belongs to another user, who can read and replace its "
            "files: use a directory of the server's own user",
            c->dir);
    else if (there && st.st_mode & (S_IWGRP | S_IWOTH) & ~c->dir_mode)
        profiler_log("profiler-dir: others can write to %s, and replace its files: "
                     "chmod go-w",
                     c->dir);
    else
        warn_above(c->dir, there);
}
