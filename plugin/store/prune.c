#include "prune.h"

#include "system/clock.h"
#include "base/hash.h"
#include "index.h"
#include "indexfile.h"
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_WAIT_MS 20
#define PAUSE_CALLS 100
#define STUCK_CALLS 100

/* The line that owns a file. If two lines name the same file, the later one owns it:
 * the first file was removed by hand, and its name was used again. */
struct claim {
    uint64_t hash; /* of the name */
    size_t line;
};

/* The state of the index and the directory while the index is locked. */
struct pass {
    struct prune *prune;
    int dir, index;
    const char *path;      /* of the directory, for messages */
    uint64_t end;          /* size of the index when it was locked */
    struct buf claims;     /* struct claim, sorted */
    struct buf kept;       /* one byte per line: 1: keep, 0: remove */
    size_t last;           /* the last line to keep */
    bool changed;          /* at least one line is removed */
    uint64_t files, bytes; /* existing files, and their size */
    struct index_entry entry;
    struct buf *error;
};

static bool is_above(const struct prune *p, uint64_t files, uint64_t bytes)
{
    return (p->max_files && files > p->max_files) ||
           (p->max_bytes && bytes > p->max_bytes);
}

/* The size to shrink to. */
static uint64_t target_of(uint64_t limit)
{
    return limit - limit / 10;
}

static bool is_enough(const struct pass *s)
{
    const struct prune *p = s->prune;
    return (!p->max_files || s->files <= target_of(p->max_files)) &&
           (!p->max_bytes || s->bytes <= target_of(p->max_bytes));
}

static bool fail(struct pass *s, const char *doing, const char *name, int reason)
{
    size_t len = strlen(s->path);
    const char *slash = len && s->path[len - 1] == '/' ? "" : "/";
    if (s->error->len == 0)
        buf_printf(s->error, "cannot %s %s%s%s: %s", doing, s->path, slash, name,
                   strerror(reason));
    return false;
}

static int by_hash(const void *a, const void *b)
{
    const struct claim *c = a, *d = b;
    if (c->hash != d->hash)
        return c->hash < d->hash ? -1 : 1;
    return (c->line > d->line) - (c->line < d->line);
}

/* False if a later line names the same file. */
static bool owns_name(const struct pass *s, size_t line, const char *name)
{
    const struct claim *claims = (const void *)s->claims.data;
    const struct claim wanted = {hash_bytes(0, str_from(name)), line};
    size_t first = 0, end = s->claims.len / sizeof *claims;
    while (end - first > 1) {
        size_t middle = (first + end) / 2;
        if (by_hash(&claims[middle], &wanted) <= 0)
            first = middle;
        else
            end = middle;
    }
    const struct claim *next = claims + first + 1;
    return next == claims + s->claims.len / sizeof *claims || next->hash != wanted.hash;
}

/* True if the file exists and belongs to this line. */
static bool owns_file(const struct pass *s, size_t line, const char *name,
                      struct stat *st)
{
    return owns_name(s, line, name) &&
           fstatat(s->dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode);
}

/* Counts the existing files of the entry. Sets *bytes to their size. */
static uint64_t count_files(const struct pass *s, size_t number, uint64_t *bytes)
{
    uint64_t files = 0;
    const char *name = NULL;
    *bytes = 0;
    while ((name = index_next_name(&s->entry, name))) {
        struct stat st;
        if (!owns_file(s, number, name, &st))
            continue;
        files++;
        *bytes += (uint64_t)st.st_size;
    }
    return files;
}

/* Reads the next line, up to the size of the index when it was locked. */
static bool next_line(const struct pass *s, struct lines *lines, struct str *line)
{
    return lines->offset < s->end && lines_next(lines, line);
}

static bool finish_lines(struct pass *s, struct lines *lines)
{
    int reason = lines->reason;
    lines_free(lines);
    return reason == 0 || fail(s, "read", INDEX_NAME, reason);
}

/* Collects which line names which file. */
static bool collect_claims(struct pass *s)
{
    struct lines lines = {.fd = s->index};
    struct str line;
    for (size_t i = 0; next_line(s, &lines, &line); i++) {
        const char *name = NULL;
        if (index_read(&s->entry, line))
            while ((name = index_next_name(&s->entry, name))) {
                struct claim claim = {hash_bytes(0, str_from(name)), i};
                buf_add(&s->claims, &claim, sizeof claim);
            }
        if (s->entry.names.failed || s->claims.failed) {
            lines_free(&lines);
            return fail(s, "read", INDEX_NAME, ENOMEM);
        }
    }
    if (s->claims.len)
        qsort(s->claims.data, s->claims.len / sizeof(struct claim),
              sizeof(struct claim), by_hash);
    return finish_lines(s, &lines);
}

/* Counts existing files. Marks lines for removal that are broken or have no file
 * left. */
static bool count(struct pass *s)
{
    struct lines lines = {.fd = s->index};
    struct str line;
    while (next_line(s, &lines, &line)) {
        uint64_t bytes = 0, files = 0;
        if (index_read(&s->entry, line))
            files = count_files(s, s->kept.len, &bytes);
        if (files)
            s->last = s->kept.len;
        else
            s->changed = true;
        s->files += files;
        s->bytes += bytes;
        buf_add_char(&s->kept, files > 0);
        if (s->entry.names.failed || s->kept.failed) {
            lines_free(&lines);
            return fail(s, "read", INDEX_NAME, ENOMEM);
        }
    }
    return finish_lines(s, &lines);
}

/* Removes the files of a line. If one of them cannot be removed, returns false; the
 * line stays and is tried again later. */
static bool remove_files(struct pass *s, size_t line)
{
    const char *name = NULL;
    while ((name = index_next_name(&s->entry, name))) {
        struct stat st;
        if (!owns_file(s, line, name, &st))
            continue;
        if (unlinkat(s->dir, name, 0) != 0 && errno != ENOENT)
            return fail(s, "remove", name, errno);
        s->files--;
        s->bytes -= (uint64_t)st.st_size;
    }
    return true;
}

/* False when the time is up, as others wait for the lock. Later calls remove the
 * rest. */
static bool has_time(const struct pass *s, uint64_t start_ns)
{
    uint64_t budget_ns = s->prune->budget_ns;
    return !budget_ns || clock_ns(CLOCK_MONOTONIC) - start_ns < budget_ns;
}

/* Removes the oldest profiles, at least one. */
static bool remove_oldest(struct pass *s)
{
    struct lines lines = {.fd = s->index};
    struct str line;
    const uint64_t start_ns = clock_ns(CLOCK_MONOTONIC);
    bool any = false;
    for (size_t i = 0; i < s->last && !is_enough(s) &&
                       (!any || has_time(s, start_ns)) && lines_next(&lines, &line);
         i++) {
        if (!s->kept.data[i])
            continue;
        if (index_read(&s->entry, line) && remove_files(s, i)) {
            s->kept.data[i] = 0;
            s->changed = any = true;
            s->prune->stuck = 0;
        }
        if (s->entry.names.failed) {
            lines_free(&lines);
            return fail(s, "read", INDEX_NAME, ENOMEM);
        }
    }
    return finish_lines(s, &lines);
}

/* Makes the account exact, and rewrites the index if it changed. */
static bool store_account(struct pass *s)
{
    struct prune *p = s->prune;
    struct stat st;
    p->offset = s->end;
    if (s->changed) {
        if (!indexfile_replace(s->dir, s->index, buf_str(&s->kept), s->end, &st,
                               &p->offset)) {
            p->ino = 0;
            return fail(s, "rewrite", INDEX_NAME, errno);
        }
        p->dev = st.st_dev;
        p->ino = st.st_ino;
    }
    p->files = s->files;
    p->bytes = s->bytes;
    return true;
}

static bool prune_locked(struct pass *s)
{
    struct stat st;
    if (!indexfile_is_current(s->dir, s->index) || fstat(s->index, &st) != 0)
        return true; /* the index was rewritten just now */
    s->end = (uint64_t)st.st_size;
    if (!collect_claims(s) || !count(s))
        return false;
    bool above = is_above(s->prune, s->files, s->bytes);
    if (!above)
        s->prune->stuck = 0;
    bool ok = !above || remove_oldest(s);
    ok = store_account(s) && ok;
    return ok && s->error->len == 0;
}

/* Reads the lines that were added since the last time, or all lines of a new index. */
static bool catch_up(struct pass *s)
{
    struct prune *p = s->prune;
    struct stat st;
    if (fstat(s->index, &st) != 0)
        return fail(s, "read", INDEX_NAME, errno);
    if (st.st_dev != p->dev || st.st_ino != p->ino ||
        (uint64_t)st.st_size < p->offset) {
        p->dev = st.st_dev;
        p->ino = st.st_ino;
        p->offset = p->files = p->bytes = 0;
    }
    struct lines lines = {.fd = s->index, .offset = p->offset};
    struct str line;
    while (lines_next(&lines, &line) && !s->entry.names.failed) {
        if (!index_read(&s->entry, line))
            continue;
        p->files += s->entry.file_count;
        p->bytes += s->entry.bytes;
    }
    p->offset = lines.offset;
    if (s->entry.names.failed)
        lines.reason = ENOMEM;
    if (lines.reason)
        p->ino = 0; /* start from the beginning next time */
    return finish_lines(s, &lines);
}

static bool update(struct pass *s)
{
    struct prune *p = s->prune;
    if (!catch_up(s))
        return false;
    if (!is_above(p, p->files, p->bytes)) {
        p->stuck = 0;
        return true;
    }
    p->stuck++;
    if (!indexfile_lock(s->index, LOCK_WAIT_MS))
        return errno == EWOULDBLOCK || fail(s, "lock", INDEX_NAME, errno);
    bool ok = prune_locked(s);
    indexfile_unlock(s->index);
    return ok;
}

bool prune_directory(struct prune *p, int dir, const char *path, struct buf *error)
{
    if ((!p->max_files && !p->max_bytes) || atomic_exchange(&p->busy, true))
        return true;
    struct pass s = {.prune = p, .dir = dir, .path = path, .error = error};
    bool ok = true;
    if (p->pause) {
        p->pause--;
        p->stuck += p->stuck > 0;
    } else if ((s.index = indexfile_open(dir)) < 0) {
        ok = fail(&s, "read", INDEX_NAME, errno);
    } else {
        ok = update(&s);
        close(s.index);
    }
    if (!ok)
        p->pause = PAUSE_CALLS;
    index_entry_free(&s.entry);
    buf_free(&s.claims);
    buf_free(&s.kept);
    atomic_store(&p->busy, false);
    return ok;
}

bool prune_is_stuck(struct prune *p)
{
    return p->stuck >= STUCK_CALLS;
}

void prune_after_fork(struct prune *p)
{
    p->ino = 0; /* the account may be incomplete */
    p->pause = 0;
    p->stuck = 0;
    atomic_store(&p->busy, false);
}
