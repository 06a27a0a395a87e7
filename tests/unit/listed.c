#include "listed.h"

static const char *const methods[] = {NULL, "GET", "POST", "get"};
static const char *const modes[] = {NULL, "sampling", "deterministic"};
static const char *const paths[] = {"/", "/a", "/a/1", "/a/22", "/B/x", "/b/a"};
static const char *const path_routes[] = {"/", "/a", "/a/*", "/a/*", "/B/x", "/b/a"};
static const char *const routes[] = {NULL, "/r", "/a/*"};
#define COUNT(array) ((unsigned)(sizeof(array) / sizeof *(array)))

unsigned random_below(unsigned limit)
{
    static uint64_t state = 4711;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((state >> 33) % limit);
}

static int random_or_none(unsigned limit)
{
    return random_below(5) ? (int)random_below(limit) : -1;
}

static struct model make_row(unsigned id)
{
    return (struct model){.id = id,
                          .time = random_or_none(20),
                          .status =
                              random_below(5) ? 200 + 102 * (int)random_below(3) : -1,
                          .elapsed_ms = random_or_none(10),
                          .worker = random_or_none(3),
                          .bytes = random_or_none(5),
                          .notices = (int)random_below(3),
                          .method = random_below(COUNT(methods)),
                          .path = random_below(COUNT(paths)),
                          .mode = random_below(COUNT(modes)),
                          .route = random_below(COUNT(routes))};
}

static void add_number(struct buf *out, const char *name, int number)
{
    if (number >= 0)
        buf_printf(out, ",\"%s\":%d", name, number);
}

static void add_text(struct buf *out, const char *name, const char *text)
{
    if (text)
        buf_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void write_row(const struct model *m, struct buf *out)
{
    static const char *const notices[] = {"[]", "[\"time\"]", "[\"time\",\"forked\"]"};
    struct buf members = {0};
    buf_printf(&members, "\"path\":\"%s\",\"notices\":%s", paths[m->path],
               notices[m->notices]);
    add_number(&members, "time", m->time);
    add_number(&members, "status", m->status);
    add_number(&members, "elapsed_ms", m->elapsed_ms);
    add_number(&members, "worker", m->worker);
    add_number(&members, "bytes", m->bytes);
    add_text(&members, "method", methods[m->method]);
    add_text(&members, "mode", modes[m->mode]);
    add_text(&members, "route", routes[m->route]);
    add_line(out, m->id, buf_cstr(&members));
    buf_free(&members);
}

void world_add(struct world *w, unsigned count)
{
    struct buf lines = {0};
    for (; count && w->count < ROWS_MOST; count--) {
        w->rows[w->count] = make_row(w->next_id++);
        write_row(&w->rows[w->count++], &lines);
    }
    browsing_append(&w->browsing, buf_str(&lines));
    buf_free(&lines);
}

void world_remove(struct world *w, unsigned count)
{
    struct buf lines = {0};
    count = count < w->count ? count : w->count;
    w->removals += count > 0;
    w->count -= count;
    memmove(w->rows, w->rows + count, w->count * sizeof *w->rows);
    for (unsigned i = 0; i < w->count; i++)
        write_row(&w->rows[i], &lines);
    browsing_put(&w->browsing, buf_str(&lines));
    buf_free(&lines);
}

static const char *route_of(const struct model *m)
{
    return routes[m->route] ? routes[m->route] : path_routes[m->path];
}

static bool is(const char *wanted, const char *text)
{
    return !wanted || (text && strcmp(wanted, text) == 0);
}

static bool accepts(const struct question *q, const struct model *m)
{
    return is(q->method, methods[m->method]) && is(q->mode, modes[m->mode]) &&
           is(q->route, route_of(m)) &&
           (q->status < 0 || m->status / 100 == q->status) &&
           (q->min < 0 || m->elapsed_ms >= q->min) &&
           ((q->since < 0 && q->until < 0) || m->time >= 0) &&
           (q->since < 0 || m->time >= q->since) &&
           (q->until < 0 || m->time < q->until) && (!q->any_notice || m->notices) &&
           (!q->q || strcasestr(paths[m->path], q->q));
}

static const char *text_by(const char *sort, const struct model *m)
{
    return strcmp(sort, "method") == 0 ? methods[m->method]
           : strcmp(sort, "mode") == 0 ? modes[m->mode]
           : strcmp(sort, "path") == 0 ? paths[m->path]
                                       : route_of(m);
}

static int number_by(const char *sort, const struct model *m)
{
    return strcmp(sort, "status") == 0       ? m->status
           : strcmp(sort, "elapsed_ms") == 0 ? m->elapsed_ms
           : strcmp(sort, "worker") == 0     ? m->worker
           : strcmp(sort, "bytes") == 0      ? m->bytes
           : strcmp(sort, "notices") == 0    ? m->notices
                                             : -1;
}

static bool is_text_order(const char *sort)
{
    return strchr("mpr", *sort) != NULL;
}

/* Does a, a later row than b, come before it? */
static bool later_first(const struct question *q, const struct model *a,
                        const struct model *b)
{
    if (question_by_time(q))
        return !q->ascending;
    int order;
    bool a_none, b_none;
    if (is_text_order(q->sort)) {
        const char *x = text_by(q->sort, a), *y = text_by(q->sort, b);
        a_none = !x;
        b_none = !y;
        order = x && y ? strcmp(x, y) : 0;
    } else {
        int x = number_by(q->sort, a), y = number_by(q->sort, b);
        a_none = x < 0;
        b_none = y < 0;
        order = a_none || b_none ? 0 : x - y;
    }
    if (a_none != b_none)
        return b_none;
    return order == 0 || (q->ascending ? order < 0 : order > 0);
}

/* By insertion. */
unsigned question_answer(const struct world *w, const struct question *q, unsigned from,
                         unsigned *ids)
{
    const struct model *found[ROWS_MOST];
    unsigned count = 0;
    for (unsigned i = from; i < w->count; i++) {
        if (!accepts(q, &w->rows[i]))
            continue;
        unsigned at = count++;
        for (; at && later_first(q, &w->rows[i], found[at - 1]); at--)
            found[at] = found[at - 1];
        found[at] = &w->rows[i];
    }
    for (unsigned i = 0; i < count; i++)
        ids[i] = found[i]->id;
    return count;
}

struct question question_make(void)
{
    static const char *const sorts[] = {"time",   "time",  "status", "elapsed_ms",
                                        "worker", "bytes", "method", "mode",
                                        "path",   "route", "notices"};
    static const char *const searches[] = {"/a", "/A", "/b", "/2"};
    return (struct question){
        .sort = sorts[random_below(COUNT(sorts))],
        .ascending = random_below(2),
        .limit = 1 + random_below(9),
        .method = random_below(3) ? NULL : methods[1 + random_below(3)],
        .mode = random_below(4) ? NULL : modes[1 + random_below(2)],
        .route = random_below(4) ? NULL : "/a/*",
        .q = random_below(4) ? NULL : searches[random_below(COUNT(searches))],
        .status = random_below(4) ? -1 : 2 + (int)random_below(3),
        .min = random_below(4) ? -1 : (int)random_below(8),
        .since = random_below(4) ? -1 : (int)random_below(20),
        .until = random_below(4) ? -1 : (int)random_below(20),
        .any_notice = !random_below(5)};
}

void question_write(const struct question *q, struct buf *out)
{
    buf_printf(out, "sort=%s&order=%s&limit=%u", q->sort, q->ascending ? "asc" : "desc",
               q->limit);
    buf_printf(out, "&method=%s&mode=%s&route=%s&q=%s", q->method ? q->method : "",
               q->mode ? q->mode : "", q->route ? q->route : "", q->q ? q->q : "");
    if (q->status >= 0)
        buf_printf(out, "&status=%dxx", q->status);
    if (q->min >= 0)
        buf_printf(out, "&min=%d", q->min);
    if (q->since >= 0)
        buf_printf(out, "&since=%d", q->since);
    if (q->until >= 0)
        buf_printf(out, "&until=%d", q->until);
    buf_add_text(out, q->any_notice ? "&notice=any" : "");
}

void world_begin(struct world *w)
{
    *w = (struct world){.next_id = 1};
    browsing_begin(&w->browsing);
    browsing_put(&w->browsing, STR(""));
}
