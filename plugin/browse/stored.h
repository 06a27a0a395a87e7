/* stored.h -- opens the stored files of a profile, for reading them from outside.
 *
 * Somebody else may have written the directory, or write to it now. So only names of
 * the index are opened, never a name of the request; and only regular files in the
 * directory itself, never through a link. */

#ifndef PROFILER_STORED_H
#define PROFILER_STORED_H

#include "choice/format.h"

#include <stdint.h>

/* Does a file of this name have this format? ".json" is not the ending of
 * "x.speedscope.json", as another format has a longer one. */
bool stored_has_format(struct str name, const struct format *format,
                       const struct format_table *formats);

struct stored {
    int fd; /* the caller closes it */
    uint64_t size;
};

/* Opens a file in the directory (see store/dir.h). Never blocks, even if the
 * name is that of a FIFO. Returns NULL, or what is wrong, a static text: "is not there
 * any more". */
const char *stored_open(int dir, const char *name, struct stored *s);

/* False if this is the .json report of another profile. While profiles are removed, a
 * new one can get the name of an old one that the index still has. */
bool stored_may_be_of(const struct stored *s, struct str id);

#endif
