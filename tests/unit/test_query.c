#include "browsing.h"

#include "browse/query.h"
#include "options/routenames.h"

#include <stdlib.h>

#define LINE_1                                                                         \
    "\"time\":100.5,\"method\":\"GET\",\"path\":\"/Shop/1\",\"query\":\"q=Blue\","     \
    "\"status\":200,\"elapsed_ms\":10.5,\"mode\":\"sampling\",\"notices\":[\"time\"]"
#define LINE_2                                                                         \
    "\"time\":200,\"method\":\"POST\",\"path\":\"/shop/2\",\"query\":\"\","            \
    "\"status\":404,\"elapsed_ms\":20,\"mode\":\"deterministic\",\"notices\":[]"
#define LINE_3                                                                         \
    "\"time\":300,\"method\":\"GET\",\"path\":\"/"                                     \
    "a+b\",\"query\":\"\",\"status\":null,"                                            \
    "\"elapsed_ms\":30,\"mode\":\"sampling\",\"notices\":[\"truncated\",\"harakiri\"]" \
    ","                                                                                \
    "\"route\":\"/plus\""

/* Filters, and the rows that they accept: the newest is 4, which has hardly a member.
 */
static const struct {
    const char *query, *ids;
} filters[] = {
    {"", "4 3 2 1 "},
    {"&", "4 3 2 1 "},
    {"q=&method=&status=&notice=&since=&cursor=&past=&sort=", "4 3 2 1 "},
    {"method=GET", "3 1 "},
    {"method=get", ""},
    {"mode=sampling", "3 1 "},
    {"status=200", "1 "},
    {"status=2xx", "1 "},
    {"status=4xx", "2 "},
    {"status=5xx", ""},
    {"status=-", "4 3 "},
    {"min=20", "3 2 "},
    {"min=2e1", "3 2 "},
    {"min=20.001", "3 "},
    {"min=0", "3 2 1 "},
    {"since=200", "3 2 "},
    {"until=200", "1 "},
    {"since=100.5&until=300", "2 1 "},
    {"since=0", "3 2 1 "},
    {"until=1e12", "3 2 1 "},
    {"notice=any", "3 1 "},
    {"notice=harakiri", "3 "},
    {"notice=time", "1 "},
    {"route=/plus", "3 "},
    {"route=/shop/*", "2 "},
    {"route=%2FShop%2F%2A", "1 "},
    {"q=shop", "2 1 "},
    {"q=SHOP", "2 1 "},
    {"q=%2fshop%2F1%3Fq=blue", "1 "}, /* path?query is one text */
    {"q=shop/2?", ""},
    {"q=a%2bb", "3 "},
    {"q=a+b", ""}, /* a blank */
    {"q=000004", "4 "},
    {"q=%00", ""},
    {"method=GET&status=200&q=shop", "1 "},
    {"method=GET&status=404", ""},
    {"before=0000000000000003", "2 1 "},
    {"before=0000000000000003&method=GET", "1 "},
    {"before=0000000000000003&order=asc", "1 2 "},
    {"before=0000000000000009", ""},
    {"limit=1&before=0000000000000002", "1 "},
    {"order=asc", "1 2 3 4 "},
    {"order=asc&limit=2", "1 2 "},
    {"limit=2", "4 3 "},
    {"sort=time&order=desc&view=rows", "4 3 2 1 "},
    {"sort=elapsed_ms", "3 2 1 4 "},
    {"sort=elapsed_ms&order=asc", "1 2 3 4 "},
    {"sort=elapsed_ms&limit=2", "3 2 "},
    {"sort=status", "2 1 4 3 "}, /* rows without come last, the newest first */
    {"sort=status&order=asc", "1 2 4 3 "},
    {"sort=method", "2 3 1 4 "},
    {"sort=method&order=asc", "3 1 2 4 "},
    {"sort=path&order=asc", "1 3 2 4 "},
    {"sort=route&order=asc", "4 1 3 2 "},
    {"sort=mode", "3 1 2 4 "},
    {"sort=notices", "3 1 4 2 "},
    {"sort=notices&order=asc", "4 2 1 3 "},
    {"sort=bytes", "4 3 2 1 "},
};

static void put_lines(struct browsing *b)
{
    struct buf lines = {0};
    add_line(&lines, 1, LINE_1);
    add_line(&lines, 2, LINE_2);
    add_line(&lines, 3, LINE_3);
    add_line(&lines, 4, "");
    browsing_put(b, buf_str(&lines));
    buf_free(&lines);
}

static void filters_and_orders(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    put_lines(&b);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        browsing_ask(&b, "%s", filters[i].query);
        char *ids = browsing_ids(&b);
        if (strcmp(ids, filters[i].ids) != 0)
            fail_msg("%s: %s, not %s", filters[i].query, ids, filters[i].ids);
        free(ids);
    }
    browsing_end(&b);
}

/* Questions that are refused, and what the error says. */
static const struct {
    const char *query, *error;
} refused[] = {
    {"x=1",
     "\\\"x\\\" is not a parameter; possible: limit, sort, order, view, q, method, "
     "status, mode, route, notice, min, since, until, before, cursor, past, after"},
    {"=1", "\\\"\\\" is not a parameter"},
    {"%00=1", "\\\"\\\\x00\\\" is not a parameter"},
    {"limit=0", "limit: \\\"0\\\" is not possible; possible: 1 to 500"},
    {"limit=501", "limit: \\\"501\\\" is not possible; possible: 1 to 500"},
    {"limit=-1", "limit: \\\"-1\\\" is not"},
    {"limit=1.5", "limit: \\\"1.5\\\" is not"},
    {"limit=99999999999999999999", "limit: "},
    {"limit=1&limit=2", "limit is there twice"},
    {"sort=query",
     "sort: \\\"query\\\" is not possible; possible: time, elapsed_ms, cpu_ms, "
     "wait_ms, status, method, path, mode, worker, route, notices, bytes"},
    {"sort=time,", "sort: "},
    {"order=up", "order: \\\"up\\\" is not possible; possible: desc, asc"},
    {"view=table", "possible: rows, routes"},
    {"mode=traced", "possible: deterministic, sampling"},
    {"notice=foo", "possible: any, or the name of a notice as truncated"},
    {"status=20", "possible: 2xx, 3xx, 4xx, 5xx, a number as 404, -"},
    {"status=2x", "status: "},
    {"status=0xx", "status: "},
    {"status=xxx", "status: "},
    {"status=1000", "status: "},
    {"min=-1", "min: \\\"-1\\\" is not possible; possible: milliseconds as 250 or 0.5"},
    {"min=1s", "min: "},
    {"min=nan", "min: "},
    {"since=yesterday",
     "since: \\\"yesterday\\\" is not possible; possible: seconds since "
     "1970"},
    {"until=1e999", "until: "},
    {"before=1", "before: \\\"1\\\" is not possible; possible: an id: 16 lowercase "
                 "hexadecimal digits"},
    {"before=000000000000000A", "before: "},
    {"cursor=1",
     "cursor: \\\"1\\\" is not possible; possible: `next` of an earlier answer"},
    {"cursor=1-00c0ffee00c0ffee", "cursor: "},
    {"cursor=1-00c0ffee00c0ffee.1-00c0ffee00c0ffeex", "cursor: "},
    {"cursor=1-00c0ffee00c0ffe.1-00c0ffee00c0ffee", "cursor: "},
    {"cursor=99999999999999999999-00c0ffee00c0ffee.1-00c0ffee00c0ffee", "cursor: "},
    {"sort=path&past=-1-00c0ffee00c0ffee", "past: "},
    {"sort=path&past=1-00c0ffee00c0ffee0", "past: "},
    {"past=1-00c0ffee00c0ffee", "past: possible with a sort other than time"},
    {"after=0", "after: "},
};

static void what_is_refused(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    put_lines(&b);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *answer =
            browsing_ask_for(&b, LISTING_BAD_REQUEST, refused[i].query);
        if (strncmp(answer, "{\"error\":\"", 10) != 0 ||
            !strstr(answer, refused[i].error))
            fail_msg("%s: %s", refused[i].query, answer);
    }
    browsing_end(&b);
}

static bool ask_once(void)
{
    struct query q;
    struct buf error = {0};
    bool ok = query_parse(&q, STR("q=Abc&limit=7"), &error);
    if (ok) {
        assert_str(q.q, "abc");
        assert_int_equal(q.limit, 7);
    }
    query_free(&q);
    buf_free(&error);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(ask_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_and_orders),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
