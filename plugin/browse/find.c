#include "find.h"

#include "store/indexfile.h"
#include "store/lines.h"

#include <errno.h>
#include <unistd.h>

/* Most lines need not be parsed: an id is in the line as it is, unless somebody wrote
 * it with escapes. */
static bool may_have(struct str line, struct str id)
{
    return memmem(line.data, line.len, id.data, id.len) ||
           memchr(line.data, '\\', line.len);
}

static bool search(struct lines *lines, struct str id, struct index_row *row)
{
    struct str line;
    while (lines_step_back(lines, &line) && !row->text.failed)
        if (line.len && may_have(line, id) && indexrow_read(row, line) &&
            str_equal(row->id, id))
            return true;
    return false;
}

bool find_profile(int dir, struct str id, struct index_row *row)
{
    struct lines lines = {.fd = indexfile_open_to_read(dir)};
    if (lines.fd < 0) {
        errno = errno == ENOENT ? 0 : errno;
        return false;
    }
    off_t size = lseek(lines.fd, 0, SEEK_END);
    lines.offset = size > 0 ? (uint64_t)size : 0;
    bool found = search(&lines, id, row);
    int reason = row->text.failed ? ENOMEM : lines.reason;
    lines_free(&lines);
    close(lines.fd);
    errno = reason;
    return found;
}
