#include "listing.h"

#include "best.h"
#include "options/routenames.h"
#include "query.h"
#include "report/common/json.h"
#include "routes.h"
#include "store/indexfile.h"
#include "store/lines.h"
#include "system/clock.h"

#include <errno.h>
#include <unistd.h>

/* A slice ends when its rows have more bytes: a line may have a megabyte. */
#define ROWS_BYTES_MOST 2097152

/* A row that has a route. */
struct named_row {
    struct index_row row;
    struct buf route; /* its name, if the line has none */
};

/* One answer. */
struct slice {
    const struct listing *listing;
    uint64_t started_ns;
    struct query query;
    bool back; /* from the newest line to the oldest */
    struct lines lines;
    uint64_t end;     /* back: 0; forward: where the complete lines end */
    struct rank past; /* only rows that come after it, if query.past is given */
    struct named_row past_row;

    struct named_row row;
    struct buf scratch; /* for query_accepts */
    uint64_t scanned, matched, unreadable, rows;
    bool is_over; /* the slice ends before the next line, or the scan does */

    struct buf *out;
    size_t out_start;
    struct best best; /* for orders other than time */
    struct routes routes;
};

static bool is_sorted(const struct slice *s)
{
    return !s->query.routes && s->query.sort;
}

/* Older lines have no route. False when out of memory. */
static bool name_route(const struct slice *s, struct named_row *named)
{
    if (named->row.route.data)
        return true;
    named->route.len = 0;
    if (!routename_write(s->listing->rules, named->row.path, &named->route))
        return false;
    named->row.route = buf_str(&named->route);
    return true;
}

static bool add_sorted(struct slice *s, uint64_t end)
{
    struct rank rank = rank_of(&s->row.row, end, s->best.order);
    if (bookmark_given(s->query.past) &&
        !rank_precedes(s->past, rank, s->query.ascending))
        return true;
    if (!best_offer(&s->best, &s->row.row, end))
        return false;
    s->is_over = s->best.bytes > ROWS_BYTES_MOST;
    return true;
}

static bool add_row(struct slice *s)
{
    json_next(s->out);
    indexrow_write(&s->row.row, s->out);
    buf_add_char(s->out, '}');
    s->rows++;
    s->is_over =
        s->rows == s->query.limit || s->out->len - s->out_start > ROWS_BYTES_MOST;
    return !s->out->failed;
}

/* Adds the row of a line to the answer, if the query wants it. Sets *kept if the line
 * stays for the next slice. False when out of memory. */
static bool take_row(struct slice *s, uint64_t end, bool *kept)
{
    struct query *q = &s->query;
    bool is_before = q->before.data && str_equal(s->row.row.id, q->before);
    if (is_before && !s->back)
        s->end = s->lines.offset; /* the scan ends here */
    if (is_before || (q->before.data && s->back && !q->before_found)) {
        q->before_found |= is_before;
        return true;
    }
    if (!name_route(s, &s->row))
        return false;
    if (!query_accepts(q, &s->row.row, &s->scratch))
        return !s->scratch.failed;
    if (q->routes) {
        *kept = !routes_add(&s->routes, &s->row.row);
        s->matched += !*kept;
        return !s->routes.failed;
    }
    s->matched++;
    return is_sorted(s) ? add_sorted(s, end) : add_row(s);
}

static bool is_time_up(const struct slice *s)
{
    uint64_t budget_ns = s->listing->budget_ns;
    return budget_ns && clock_ns(CLOCK_MONOTONIC) - s->started_ns >= budget_ns;
}

static bool is_at_end(const struct slice *s)
{
    return s->back ? s->lines.offset == 0 : s->lines.offset >= s->end;
}

/* Reads lines until the slice is over. *next is where the next slice begins. Returns
 * false with the reason in errno. */
static bool scan(struct slice *s, uint64_t *next)
{
    bool kept = false;
    struct str line;
    *next = s->lines.offset;
    while (
        !s->is_over && !kept && !is_at_end(s) &&
        (s->back ? lines_step_back(&s->lines, &line) : lines_step(&s->lines, &line))) {
        uint64_t end = s->back ? *next : s->lines.offset;
        bool ok = true;
        if (line.data && indexrow_read(&s->row.row, line))
            ok = take_row(s, end, &kept);
        else
            s->unreadable += line.data != NULL;
        if (!ok || s->row.row.text.failed) {
            errno = ENOMEM;
            return false;
        }
        if (!kept) {
            *next = s->lines.offset;
            s->scanned += line.data != NULL;
        }
        s->is_over |= is_time_up(s);
    }
    errno = s->lines.reason;
    return s->lines.reason == 0;
}

/* Finds where the complete lines end: a line that is being written has no newline. */
static bool find_end(int fd, uint64_t *end)
{
    off_t size = lseek(fd, 0, SEEK_END);
    struct lines lines = {.fd = fd, .offset = size > 0 ? (uint64_t)size : 0};
    struct str line;
    char last = '\n';
    *end = lines.offset;
    errno = EIO; /* if somebody cuts the file meanwhile */
    if (size < 0 || (size > 0 && pread(fd, &last, 1, size - 1) != 1))
        return false;
    if (last != '\n' && lines_step_back(&lines, &line) && line.data)
        *end = lines.offset;
    errno = lines.reason;
    lines_free(&lines);
    return errno == 0;
}

/* Do all bookmarks of the query hold? */
static bool is_current(const struct slice *s, uint64_t end)
{
    const struct bookmark marks[] = {s->query.cursor, s->query.past, s->query.after};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (bookmark_given(marks[i]) &&
            (marks[i].offset > end || !bookmark_holds(s->lines.fd, marks[i])))
            return false;
    return true;
}

/* Reads the row that ends at query.past. */
static bool read_past(struct slice *s)
{
    struct lines lines = {.fd = s->lines.fd, .offset = s->query.past.offset};
    struct str line;
    bool ok = lines_step_back(&lines, &line) && line.data &&
              indexrow_read(&s->past_row.row, line) && name_route(s, &s->past_row);
    if (ok)
        s->past = rank_of(&s->past_row.row, s->query.past.offset, s->best.order);
    lines_free(&lines);
    return ok;
}

/* Sets direction and start. `end` is where the complete lines end. */
static bool aim(struct slice *s, uint64_t end)
{
    const struct query *q = &s->query;
    bool has_after = bookmark_given(q->after);
    char before = '\n';
    s->back = !has_after && (q->sort || q->routes || !q->ascending);
    s->end = s->back ? 0 : end;
    uint64_t start = s->back ? end : has_after ? q->after.offset : 0;
    s->lines.offset = bookmark_given(q->cursor) ? q->cursor.offset : start;
    s->best.order = (struct order){q->sort, q->ascending};
    s->best.most = (size_t)q->limit;
    if (!s->back && s->lines.offset &&
        pread(s->lines.fd, &before, 1, (off_t)s->lines.offset - 1) != 1)
        return false;
    s->lines.too_long = before != '\n';
    return true;
}

/* In an order other than time, a row has the token for `past`. */
static bool write_best(struct slice *s)
{
    best_sort(&s->best);
    for (uint32_t i = 0; i < s->best.count; i++) {
        struct bookmark key;
        if (!bookmark_make(s->lines.fd, s->best.rows[i].rank.end, &key))
            return false;
        json_next(s->out);
        buf_add_str(s->out, best_json(&s->best.rows[i]));
        json_key(s->out, "key");
        buf_add_char(s->out, '"');
        bookmark_write(key, s->out);
        buf_add_text(s->out, "\"}");
    }
    return true;
}

static void write_tail(struct slice *s, bool restart, uint64_t next)
{
    const struct query *q = &s->query;
    uint64_t left = s->back ? next : s->end > next ? s->end - next : 0;
    buf_add_char(s->out, ']');
    json_key(s->out, "next");
    if (restart || left == 0) {
        buf_add_text(s->out, "null");
    } else {
        buf_add_char(s->out, '"');
        query_write_cursor(q, s->out);
        buf_add_char(s->out, '"');
    }
    json_key(s->out, "newest");
    buf_add_char(s->out, '"');
    bookmark_write(q->newest, s->out);
    buf_add_char(s->out, '"');
    json_number(s->out, "scanned", s->scanned);
    json_number(s->out, "matched", s->matched);
    json_number(s->out, "left", restart ? 0 : left);
    json_number(s->out, "unreadable", s->unreadable);
    buf_add_text(s->out, restart ? ",\"restart\":true}" : "}");
}

static bool write_rows(struct slice *s)
{
    if (s->query.routes)
        routes_write(&s->routes, s->out);
    return !is_sorted(s) || write_best(s);
}

/* Returns false with the reason in errno. */
static bool write_slice(struct slice *s)
{
    struct query *q = &s->query;
    struct bookmark newest;
    uint64_t end = 0, next = 0;
    if ((s->lines.fd >= 0 && !find_end(s->lines.fd, &end)) ||
        !bookmark_make(s->lines.fd, end, &newest))
        return false;
    json_number(s->out, "v", 1);
    json_key(s->out, q->routes ? "routes" : "rows");
    buf_add_char(s->out, '[');
    bool is_good = is_current(s, end) && aim(s, end);
    if (is_good && bookmark_given(q->past))
        is_good = read_past(s);
    if (!is_good || !s->back || !bookmark_given(q->cursor))
        q->newest = newest;
    if (is_good && (!scan(s, &next) || !write_rows(s) ||
                    !bookmark_make(s->lines.fd, next, &q->cursor)))
        return false;
    write_tail(s, !is_good, next);
    errno = ENOMEM;
    return !s->out->failed;
}

static bool open_and_write(struct slice *s)
{
    s->lines.fd = indexfile_open_to_read(s->listing->dir);
    if (s->lines.fd < 0 && errno != ENOENT)
        return false;
    bool ok = write_slice(s);
    int reason = errno;
    if (s->lines.fd >= 0)
        close(s->lines.fd);
    errno = reason;
    return ok;
}

static void free_slice(struct slice *s)
{
    lines_free(&s->lines);
    query_free(&s->query);
    indexrow_free(&s->row.row);
    indexrow_free(&s->past_row.row);
    buf_free(&s->row.route);
    buf_free(&s->past_row.route);
    buf_free(&s->scratch);
    best_free(&s->best);
    routes_free(&s->routes);
}

/* Replaces what there is of the answer. */
static void write_error(struct slice *s, const char *doing, struct str why)
{
    struct buf text = {0};
    s->out->len = s->out_start;
    buf_add_text(&text, doing);
    buf_add_str(&text, why);
    buf_add_char(s->out, '{');
    json_text(s->out, "error", buf_str(&text));
    buf_add_char(s->out, '}');
    s->out->failed |= text.failed;
    buf_free(&text);
}

enum listing_status listing_write(const struct listing *l, struct str query_string,
                                  struct buf *out)
{
    struct slice s = {.listing = l,
                      .out = out,
                      .out_start = out->len,
                      .started_ns = clock_ns(CLOCK_MONOTONIC)};
    struct buf error = {0};
    enum listing_status status = LISTING_OK;
    buf_add_char(out, '{');
    if (!query_parse(&s.query, query_string, &error)) {
        status = error.len && !error.failed ? LISTING_BAD_REQUEST : LISTING_FAILED;
        write_error(&s, "", error.len ? buf_str(&error) : STR("out of memory"));
    } else if (!open_and_write(&s)) {
        status = LISTING_FAILED;
        write_error(&s, "cannot read " INDEX_NAME ": ",
                    str_from(indexfile_reason(errno)));
    }
    free_slice(&s);
    buf_free(&error);
    return out->failed ? LISTING_FAILED : status;
}
