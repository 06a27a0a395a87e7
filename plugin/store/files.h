/* files.h -- the files of each request in profiler-dir.
 *
 * Each file is written whole under a temporary name and then linked to its final name.
 * So a reader never sees half a file, and nothing is overwritten. If the final name is
 * taken, "-1", "-2" and so on go before the ending, the same for all formats of one
 * profile. At the end one write adds a line to index.jsonl. Needs no GIL; any thread
 * and process may call. */

#ifndef PROFILER_FILES_H
#define PROFILER_FILES_H

#include "report/common/report.h"
#include "prune.h"

struct file_settings {
    const char *dir; /* made with dir_mode if only its last component is missing */
    mode_t dir_mode, file_mode;
    const struct filename_format *filename;
    struct prune *prune; /* this process's account and limits; NULL: no limits */
};

struct written_files {
    struct str *paths; /* owned, with its items: dir/name */
    size_t count;
};

/* Writes the files of r->choice and their line in index.jsonl. Returns false with one
 * line in *error, which names the file and the system's error; then no file of this
 * profile is left, and *w is empty. Returns true with a line in *error if only the
 * removal of old profiles failed. */
bool files_write(const struct report *r, const struct file_settings *settings,
                 struct written_files *w, struct buf *error);

void written_files_free(struct written_files *w);

/* Makes the directory if only its last component is missing. Returns false with one
 * line in *error. */
bool files_make_dir(const struct file_settings *settings, struct buf *error);

#endif
