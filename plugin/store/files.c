#include "files.h"

#include "options/filename.h"
#include "dir.h"
#include "index.h"
#include "indexfile.h"
#include "tempfiles.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Suffixes for names that are taken go from "-1" to this. */
#define SUFFIX_MAX 999999u
#define SUFFIX_BYTES (sizeof "-999999" - 1)

/* Maximum of temporary names that may be taken. Only files of a killed worker with the
 * same random id can have them. */
#define TEMP_TRIES 100u

/* One file of the profile. */
struct piece {
    const struct format *format;
    char temp[TEMP_NAME_SIZE];
    char *path;   /* owned; dir/name.ext, with room for any suffix */
    char *name;   /* in path, after the '/' */
    bool written; /* the file temp exists */
};

struct batch {
    const struct report *report;
    const struct profile *profile;
    const struct file_settings *settings;
    int dir;         /* see dir.h; -1: none */
    struct buf base; /* the name without suffix and ending */
    struct piece *pieces;
    size_t count;
    struct str *paths; /* moves to the caller */
    uint32_t temps;    /* number of temporary names used */
    uint64_t bytes;
    struct buf *error;
};

static bool fail(struct buf *error, const char *doing, const char *name,
                 const char *why)
{
    buf_printf(error, "cannot %s %s: %s", doing, name, why);
    return false;
}

static bool fail_file(const struct batch *b, const char *name, const char *why)
{
    const char *dir = b->settings->dir;
    size_t len = strlen(dir);
    const char *slash = len && dir[len - 1] == '/' ? "" : "/";
    buf_printf(b->error, "cannot write %s%s%s: %s", dir, slash, name, why);
    return false;
}

bool files_make_dir(const struct file_settings *settings, struct buf *error)
{
    if (dir_make(settings->dir, settings->dir_mode))
        return true;
    if (errno != EEXIST)
        return fail(error, "make directory", settings->dir, strerror(errno));
    int dir = dir_open(settings->dir);
    if (dir < 0)
        return fail(error, "use directory", settings->dir, strerror(errno));
    close(dir);
    return true;
}

static bool enter_dir(struct batch *b)
{
    const char *path = b->settings->dir;
    b->dir = dir_open(path);
    if (b->dir < 0 && errno == ENOENT) {
        if (!files_make_dir(b->settings, b->error))
            return false;
        b->dir = dir_open(path);
    }
    return b->dir >= 0 || fail(b->error, "use directory", path, strerror(errno));
}

/* False if old profiles cannot be removed to make room for this one. */
static bool has_room(const struct batch *b)
{
    struct prune *prune = b->settings->prune;
    const char *dir = b->settings->dir;
    if (!prune || !prune_is_stuck(prune))
        return true;
    prune_directory(prune, b->dir, dir, b->error);
    if (!prune_is_stuck(prune))
        return true;
    if (b->error->len == 0)
        fail(b->error, "write to", dir,
             "it is above its limits, and old profiles cannot be removed");
    return false;
}

static bool has_format(const struct batch *b, const struct format *format)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->pieces[i].format == format)
            return true;
    return false;
}

static size_t longest_extension(const struct batch *b)
{
    size_t longest = 0;
    for (size_t i = 0; i < b->count; i++) {
        size_t len = strlen(b->pieces[i].format->extension);
        if (len > longest)
            longest = len;
    }
    return longest;
}

static bool make_base(struct batch *b)
{
    const struct profile *p = b->profile;
    const struct filename_facts facts = {
        .method = p->method,
        .path = p->path,
        .id = str_from(p->id),
        .mode = str_from(mode_name(p->mode)),
        .elapsed_ms = (double)p->wall_ns / 1e6,
        .time_s = (double)p->started_us / 1e6,
        .status = p->status,
        .pid = p->pid,
        .worker = p->worker,
    };
    filename_make(b->settings->filename, &facts, longest_extension(b) + SUFFIX_BYTES,
                  &b->base);
    return !b->base.failed;
}

static bool make_path(const struct batch *b, struct piece *piece)
{
    const char *dir = b->settings->dir;
    size_t len = strlen(dir), ending = strlen(piece->format->extension);
    piece->path = malloc(len + 1 + b->base.len + SUFFIX_BYTES + ending + 1);
    if (!piece->path)
        return false;
    memcpy(piece->path, dir, len);
    if (len == 0 || dir[len - 1] != '/')
        piece->path[len++] = '/';
    piece->name = piece->path + len;
    return true;
}

/* Allocates all names before it makes the first file, so that running out of memory
 * never leaves files to undo. Writes a format once, even if it was asked for twice. */
static bool prepare(struct batch *b)
{
    const struct report_choice *choice = b->report->choice;
    b->pieces = calloc(choice->file_count, sizeof *b->pieces);
    b->paths = calloc(choice->file_count, sizeof *b->paths);
    if (!b->pieces || !b->paths)
        return false;
    for (size_t i = 0; i < choice->file_count; i++)
        if (!has_format(b, choice->files[i]))
            b->pieces[b->count++].format = choice->files[i];
    if (!make_base(b))
        return false;
    for (size_t i = 0; i < b->count; i++)
        if (!make_path(b, &b->pieces[i]))
            return false;
    return true;
}

static void set_name(struct piece *piece, const struct buf *base, unsigned suffix)
{
    char *end = piece->name;
    memcpy(end, base->data, base->len);
    end += base->len;
    if (suffix)
        end += sprintf(end, "-%u", suffix);
    strcpy(end, piece->format->extension);
}

static bool write_temp(struct batch *b, struct piece *piece, const struct buf *content)
{
    for (unsigned tries = 0; tries < TEMP_TRIES && !piece->written; tries++) {
        tempfiles_name(piece->temp, b->profile->id, b->temps++);
        piece->written = dir_write_new(b->dir, piece->temp, b->settings->file_mode,
                                       buf_str(content));
        if (!piece->written && errno != EEXIST && errno != EINTR)
            break;
    }
    return piece->written || fail_file(b, piece->name, strerror(errno));
}

static bool write_piece(struct batch *b, struct piece *piece)
{
    struct buf content = {0};
    set_name(piece, &b->base, 0);
    bool ok = piece->format->write(b->report, &content);
    if (ok) {
        ok = write_temp(b, piece, &content);
        b->bytes += content.len;
    } else {
        fail_file(b, piece->name, "out of memory");
    }
    buf_free(&content);
    return ok;
}

static bool write_pieces(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!write_piece(b, &b->pieces[i]))
            return false;
    return true;
}

static bool place(const struct batch *b, struct piece *piece)
{
    bool moved;
    bool placed = dir_place(b->dir, piece->temp, piece->name, &moved);
    if (moved)
        piece->written = false;
    return placed;
}

/* If the file has lost this name, another process's file may have it. It must stay. */
static void undo_place(const struct batch *b, struct piece *piece)
{
    bool moved = false;
    if (!piece->written)
        piece->written = dir_place(b->dir, piece->name, piece->temp, &moved);
    if (!moved)
        unlinkat(b->dir, piece->name, 0);
}

/* Gives all files of the profile the same suffix. Returns false with EEXIST if one name
 * is taken; other failures are in *error. */
static bool place_all(struct batch *b, unsigned suffix)
{
    for (size_t i = 0; i < b->count; i++) {
        set_name(&b->pieces[i], &b->base, suffix);
        if (place(b, &b->pieces[i]))
            continue;
        int reason = errno;
        if (reason != EEXIST || suffix == SUFFIX_MAX)
            fail_file(b, b->pieces[i].name, strerror(reason));
        while (i-- > 0)
            undo_place(b, &b->pieces[i]);
        errno = reason;
        return false;
    }
    return true;
}

static bool place_somewhere(struct batch *b)
{
    for (unsigned suffix = 0; suffix <= SUFFIX_MAX; suffix++) {
        if (place_all(b, suffix))
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

static void remove_temps(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->pieces[i].written)
            unlinkat(b->dir, b->pieces[i].temp, 0);
}

/* Adds the owner's right to write to the mode, because the next worker must append. */
static bool write_index(const struct batch *b)
{
    struct buf line = {0};
    struct str *names = malloc(b->count * sizeof *names);
    for (size_t i = 0; names && i < b->count; i++)
        names[i] = str_from(b->pieces[i].name);
    errno = ENOMEM;
    bool ok =
        names && index_line(b->profile, names, b->count, b->bytes, &line) &&
        indexfile_append(b->dir, b->settings->file_mode | S_IWUSR, buf_str(&line));
    if (!ok)
        fail_file(b, INDEX_NAME, indexfile_reason(errno));
    buf_free(&line);
    free(names);
    return ok;
}

/* If the index does not name a file, nothing would ever remove it. */
static bool place_and_index(struct batch *b)
{
    if (!place_somewhere(b))
        return false;
    if (write_index(b))
        return true;
    for (size_t i = 0; i < b->count; i++)
        undo_place(b, &b->pieces[i]);
    return false;
}

static void hand_over(struct batch *b, struct written_files *w)
{
    for (size_t i = 0; i < b->count; i++) {
        b->paths[i] = str_from(b->pieces[i].path);
        b->pieces[i].path = NULL;
    }
    *w = (struct written_files){b->paths, b->count};
    b->paths = NULL;
}

static void batch_free(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        free(b->pieces[i].path);
    free(b->pieces);
    free(b->paths);
    buf_free(&b->base);
    if (b->dir >= 0)
        close(b->dir);
}

bool files_write(const struct report *r, const struct file_settings *settings,
                 struct written_files *w, struct buf *error)
{
    *w = (struct written_files){0};
    if (r->choice->file_count == 0)
        return true;
    struct batch b = {.report = r,
                      .profile = r->profile,
                      .settings = settings,
                      .dir = -1,
                      .error = error};
    bool ok = prepare(&b) || fail(error, "write to", settings->dir, strerror(ENOMEM));
    ok = ok && enter_dir(&b) && has_room(&b) && write_pieces(&b) && place_and_index(&b);
    remove_temps(&b);
    if (ok) {
        if (settings->prune)
            prune_directory(settings->prune, b.dir, settings->dir, error);
        hand_over(&b, w);
    }
    batch_free(&b);
    return ok;
}

void written_files_free(struct written_files *w)
{
    for (size_t i = 0; i < w->count; i++)
        free((char *)w->paths[i].data);
    free(w->paths);
    *w = (struct written_files){0};
}
