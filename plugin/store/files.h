/* files.h -- the per-request files in profiler-dir.
 *
 * Each format is written whole under a temporary name, then linked into place: a reader
 * never sees half a file, and nothing is overwritten. Where the name is taken, "-1",
 * "-2", ... stand before the ending, the same for all formats of one profile. Then one
 * line goes to index.jsonl, in one write. Needs no GIL; any thread and process. */

#ifndef PROFILER_FILES_H
#define PROFILER_FILES_H

#include "report/common/report.h"
#include "prune.h"

struct file_settings {
    const char *dir; /* made, with dir_mode, when only its last component is missing */
    mode_t dir_mode, file_mode;
    const struct filename_format *filename;
    struct prune *prune; /* this process's account and limits; NULL: no limits */
};

struct written_files {
    struct str *paths; /* owned, and each of them: dir/name */
    size_t count;
};

/* Writes r->choice->files. False with one line in *error that names the file and the
 * system's error, when its line in index.jsonl could not be written, too; then no file
 * of this profile is left, and *w is empty. True with a line in *error when only old
 * profiles could not be removed. */
bool files_write(const struct report *r, const struct file_settings *settings,
                 struct written_files *w, struct buf *error);

void written_files_free(struct written_files *w);

/* Makes the directory when only its last component is missing. False as above. */
bool files_make_dir(const struct file_settings *settings, struct buf *error);

#endif
