/* bookmark.h -- a place in index.jsonl that a client brings back with a later request.
 *
 * The index may be rewritten meanwhile (prune.h). So a bookmark has a checksum of the
 * bytes before the place. If these bytes have changed, the bookmark does not hold. */

#ifndef PROFILER_BOOKMARK_H
#define PROFILER_BOOKMARK_H

#include "base/buf.h"

#include <stdint.h>

struct bookmark {
    uint64_t offset, check;
};

#define BOOKMARK_NONE UINT64_MAX /* an offset that no bookmark has */

static inline bool bookmark_given(struct bookmark mark)
{
    return mark.offset != BOOKMARK_NONE;
}

/* fd may be -1 for an index that does not exist, if the offset is 0. Returns false with
 * the reason in errno. */
bool bookmark_make(int fd, uint64_t offset, struct bookmark *mark);

/* True if this file has the same bytes before it. */
bool bookmark_holds(int fd, struct bookmark mark);

/* As text: "4711-00c0ffee00c0ffee". */
void bookmark_write(struct bookmark mark, struct buf *out);

/* Takes one from the front of *text. */
bool bookmark_take(struct str *text, struct bookmark *mark);

#endif
