#include "tempfiles.h"

#include "index.h"
#include "indexfile.h"
#include "lines.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define GONE_SECONDS 60
#define ANY_SECONDS 3600

void tempfiles_name(char name[TEMP_NAME_SIZE], const char *id, unsigned number)
{
    snprintf(name, TEMP_NAME_SIZE, ".%.16s.%d.%u.tmp", id, (int)getpid(), number);
}

/* Skips characters of set. Returns false unless their number is least to most. */
static bool skip(const char **text, const char *set, size_t least, size_t most)
{
    size_t len = strspn(*text, set);
    *text += len;
    return len >= least && len <= most;
}

/* Returns the process that made the file; 0 if the name is not a temporary one. */
static pid_t maker_of(const char *name)
{
    static const char digits[] = "0123456789";
    const char *at = name, *pid;
    if (*at++ != '.' || !skip(&at, "0123456789abcdef", 16, 16) || *at++ != '.')
        return 0;
    pid = at;
    if (!skip(&at, digits, 1, 10) || *at++ != '.' || !skip(&at, digits, 1, 10) ||
        strcmp(at, ".tmp") != 0)
        return 0;
    unsigned long number = strtoul(pid, NULL, 10);
    return number <= INT32_MAX ? (pid_t)number : 0;
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static bool entry_has(const struct index_entry *e, const char *wanted)
{
    const char *name = NULL;
    while ((name = index_next_name(e, name)))
        if (strcmp(name, wanted) == 0)
            return true;
    return false;
}

/* Also returns true if the index cannot be read to its end. */
static bool is_indexed(int dir, const char *name)
{
    struct index_entry entry = {0};
    struct lines lines = {.fd = indexfile_open(dir)};
    struct str line;
    if (lines.fd < 0)
        return errno != ENOENT;
    bool found = false;
    while (!found && lines_next(&lines, &line))
        found = index_read(&entry, line) && entry_has(&entry, name);
    found |= lines.reason != 0 || entry.names.failed;
    index_entry_free(&entry);
    lines_free(&lines);
    close(lines.fd);
    return found;
}

static bool is_other_name(int dir, const char *name, const struct stat *file)
{
    struct stat st;
    return index_is_name(str_from(name)) &&
           fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           st.st_dev == file->st_dev && st.st_ino == file->st_ino &&
           st.st_uid == geteuid();
}

/* The temporary name stays until the index has the line. So if a file has both names
 * and no line, its worker was killed, and nothing else would ever remove it. */
static void remove_unindexed(const char *path, const struct stat *file)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (entry->d_ino == file->st_ino &&
            is_other_name(dirfd(dir), entry->d_name, file) &&
            !is_indexed(dirfd(dir), entry->d_name))
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
}

static void remove_if_stale(const char *path, int dir, const char *name, time_t now)
{
    struct stat st;
    pid_t pid = maker_of(name);
    if (!pid || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(st.st_mode))
        return;
    time_t age = now - st.st_mtime;
    if (age < ANY_SECONDS && (age < GONE_SECONDS || !is_gone(pid)))
        return;
    if (st.st_nlink > 1)
        remove_unindexed(path, &st);
    unlinkat(dir, name, 0);
}

void tempfiles_remove(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        remove_if_stale(path, dirfd(dir), entry->d_name, time(NULL));
    if (dir)
        closedir(dir);
}
