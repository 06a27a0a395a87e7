#include "listing.h"

#include "report/common/json.h"
#include "store/indexfile.h"
#include "store/indexrow.h"
#include "store/lines.h"

#include <errno.h>
#include <unistd.h>

#define ROWS_MOST 100

static void add_rows(struct lines *lines, struct buf *out)
{
    struct index_row row = {0};
    struct str line;
    for (int rows = 0; rows < ROWS_MOST && lines_step_back(lines, &line);) {
        if (!line.data || !indexrow_read(&row, line))
            continue;
        json_next(out);
        indexrow_write(&row, out);
        buf_add_char(out, '}');
        rows++;
    }
    indexrow_free(&row);
}

static enum listing_status fail(int reason, struct buf *out)
{
    buf_add_char(out, '{');
    json_text(out, "error", str_from(indexfile_reason(reason)));
    buf_add_char(out, '}');
    return LISTING_FAILED;
}

enum listing_status listing_write(const struct listing *l, struct str query_string,
                                  struct buf *out)
{
    (void)query_string;
    struct lines lines = {.fd = indexfile_open_to_read(l->dir)};
    if (lines.fd < 0 && errno != ENOENT)
        return fail(errno, out);
    off_t size = lines.fd < 0 ? 0 : lseek(lines.fd, 0, SEEK_END);
    lines.offset = size > 0 ? (uint64_t)size : 0;
    buf_add_text(out, "{\"v\":1,\"rows\":[");
    add_rows(&lines, out);
    buf_add_text(out, "],\"next\":null}");
    if (lines.fd >= 0)
        close(lines.fd);
    lines_free(&lines);
    return LISTING_OK;
}
