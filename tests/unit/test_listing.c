#include "browsing.h"

#include "options/routenames.h"
#include "store/indexfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The position in the file and a check of what is before it. */
#define NOWHERE "0-cbf29ce484222325"

static void put_lines(struct browsing *b, unsigned from, unsigned to)
{
    struct buf lines = {0};
    for (unsigned id = from; id <= to; id++)
        add_line(&lines, id, "\"path\":\"/a\"");
    browsing_put(b, buf_str(&lines));
    buf_free(&lines);
}

static void append_lines(struct browsing *b, unsigned from, unsigned to)
{
    struct buf lines = {0};
    for (unsigned id = from; id <= to; id++)
        add_line(&lines, id, "\"path\":\"/a\"");
    browsing_append(b, buf_str(&lines));
    buf_free(&lines);
}

static void without_an_index_the_list_is_empty(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    const char *const empty =
        "{\"v\":1,\"rows\":[],\"next\":null,\"newest\":\"" NOWHERE
        "\",\"scanned\":0,\"matched\":0,\"left\":0,\"unreadable\":0}";
    assert_string_equal(browsing_ask(&b, "%s", ""), empty);
    assert_string_equal(browsing_ask(&b, "sort=path"), empty);
    assert_string_equal(browsing_ask(&b, "after=" NOWHERE), empty);
    browsing_put(&b, STR(""));
    assert_string_equal(browsing_ask(&b, "%s", ""), empty);
    browsing_ask(&b, "view=routes");
    assert_non_null(strstr(b.answer.data, "\"routes\":[],"));
    browsing_end(&b);
}

static void a_row_has_the_members_of_its_line_and_a_route(void **state)
{
    (void)state;
    struct browsing b;
    struct buf line = {0};
    browsing_begin(&b);
    add_line(&line, 1, "\"path\":\"/a/4711\",\"secret\":{\"a\":[1]},\"query\":\"<b>\"");
    browsing_put(&b, buf_str(&line));
    const char *answer = browsing_ask(&b, "%s", "");
    assert_true(str_starts(
        str_from(answer),
        STR("{\"v\":1,\"rows\":[{\"id\":\"0000000000000001\",\"time\":null,"
            "\"method\":null,\"path\":\"/a/4711\",\"query\":\"\\u003cb>\","
            "\"status\":null,\"elapsed_ms\":null,\"mode\":null,\"exception\":null,"
            "\"notices\":[],\"cpu_ms\":null,\"wait_ms\":null,\"worker\":null,"
            "\"route\":\"/a/*\",\"files\":[\"1.json\"],\"bytes\":null}],"
            "\"next\":null,")));
    buf_free(&line);
    browsing_end(&b);
}

static void the_administrators_rules_name_routes(void **state)
{
    (void)state;
    struct browsing b;
    struct buf lines = {0}, error = {0};
    struct route_rules rules = {0};
    browsing_begin(&b);
    b.rules = &rules;
    assert_true(routenames_add(&rules, STR("^/a/ /first"), &error));
    add_line(&lines, 1, "\"path\":\"/a/1\"");
    add_line(&lines, 2, "\"path\":\"/a/2\",\"route\":\"/stored\"");
    browsing_put(&b, buf_str(&lines));
    browsing_ask(&b, "route=/first");
    assert_ids(&b, "1 ");
    browsing_ask(&b, "route=/stored");
    assert_ids(&b, "2 ");
    routenames_free(&rules);
    buf_free(&lines);
    buf_free(&error);
    browsing_end(&b);
}

static void a_page_goes_on_where_the_one_before_ended(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    put_lines(&b, 1, 5);
    browsing_ask(&b, "limit=2");
    assert_ids(&b, "5 4 ");
    char *next = browsing_member(&b, "next"), *newest = browsing_member(&b, "newest");
    append_lines(&b, 6, 7);
    browsing_ask(&b, "limit=2&cursor=%s", next);
    assert_ids(&b, "3 2 ");
    assert_member(&b, "newest", newest); /* 6 and 7 are still to be asked for */
    free(next);
    next = browsing_member(&b, "next");
    browsing_ask(&b, "limit=2&cursor=%s", next);
    assert_ids(&b, "1 ");
    assert_member(&b, "next", "null");
    assert_member(&b, "left", "0");
    browsing_ask(&b, "after=%s", newest);
    assert_ids(&b, "6 7 ");
    free(next);
    free(newest);
    browsing_end(&b);
}

static void a_poll_reads_only_new_lines(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    char *newest = strdup(NOWHERE);
    for (unsigned i = 1; i < 4; i++) {
        if (i == 1)
            put_lines(&b, 1, 3);
        else
            append_lines(&b, 3 * i - 2, 3 * i);
        browsing_append(&b, STR("{\"id\":\"0000")); /* is being written */
        browsing_ask(&b, "after=%s&limit=2", newest);
        assert_ids(&b, i == 1 ? "1 2 " : i == 2 ? "5 6 " : "8 9 ");
        assert_member(&b, "scanned", i == 1 ? "2" : "3"); /* the half line of before */
        char *next = browsing_member(&b, "next");
        if (i == 1) {
            browsing_ask(&b, "after=%s&limit=2&cursor=%s", newest, next);
            assert_ids(&b, "3 ");
        }
        free(newest);
        newest = browsing_member(&b, "newest");
        browsing_ask(&b, "after=%s", newest);
        assert_member(&b, "scanned", "0");
        assert_member(&b, "newest", newest);
        free(next);
    }
    free(newest);
    browsing_end(&b);
}

/* A poll has the key of each row too, so that it can be put in its place. */
static void a_poll_of_a_sorted_list(void **state)
{
    (void)state;
    struct browsing b;
    struct buf lines = {0};
    browsing_begin(&b);
    put_lines(&b, 1, 1);
    browsing_ask(&b, "sort=elapsed_ms");
    char *newest = browsing_member(&b, "newest");
    add_line(&lines, 2, "\"elapsed_ms\":1");
    add_line(&lines, 3, "\"elapsed_ms\":3");
    add_line(&lines, 4, "\"elapsed_ms\":2");
    browsing_append(&b, buf_str(&lines));
    browsing_ask(&b, "sort=elapsed_ms&limit=2&after=%s", newest);
    assert_ids(&b, "3 4 ");
    char *keys = browsing_column(&b, "key");
    assert_int_equal(strcspn(keys, " ") > 17, 1);
    free(keys);
    free(newest);
    buf_free(&lines);
    browsing_end(&b);
}

static void a_rewritten_index_says_restart(void **state)
{
    (void)state;
    static const char *const tokens[] = {"cursor", "after", "sort=path&past"};
    struct browsing b;
    browsing_begin(&b);
    for (size_t i = 0; i < 3; i++) {
        put_lines(&b, 1, 9);
        browsing_ask(&b, i == 2 ? "sort=path&limit=2" : "limit=2");
        char *token = browsing_member(&b, i == 0 ? "next" : i == 1 ? "newest" : "key");
        browsing_ask(&b, "%s=%s", tokens[i], token);
        assert_member(&b, "restart", "");
        put_lines(&b, 2, 9);
        browsing_ask(&b, "%s=%s", tokens[i], token);
        assert_ids(&b, "");
        assert_member(&b, "restart", "true");
        assert_member(&b, "next", "null");
        char *newest = browsing_member(&b, "newest");
        browsing_ask(&b, "after=%s", newest);
        assert_member(&b, "restart", "");
        assert_int_equal(unlinkat(b.dir, INDEX_NAME, 0), 0);
        browsing_ask(&b, "%s=%s", tokens[i], token);
        assert_member(&b, "restart", "true");
        assert_member(&b, "newest", NOWHERE);
        free(newest);
        free(token);
    }
    browsing_end(&b);
}

static void lines_that_cannot_be_read_are_counted(void **state)
{
    (void)state;
    struct browsing b;
    struct buf lines = {0};
    browsing_begin(&b);
    buf_add_text(&lines, "\n{}\n");
    add_line(&lines, 1, "");
    buf_add_text(&lines, "{\"id\":\"0000000000000002\",\"files\":[\"/etc/passwd\"]}\n");
    buf_fill(&lines, 'x', 3000000);
    buf_add_text(&lines, "\n");
    add_line(&lines, 3, "");
    browsing_put(&b, buf_str(&lines));
    for (int i = 0; i < 2; i++) {
        browsing_ask(&b, i ? "order=asc" : "");
        assert_ids(&b, i ? "1 3 " : "3 1 ");
        assert_member(&b, "unreadable", "4");
        assert_member(&b, "scanned", "6");
    }
    /* also slice by slice, of which some end within the long line */
    b.budget_ns = 1;
    for (int i = 0; i < 2; i++) {
        struct buf ids = {0};
        char *next = strdup("");
        int slices = 0;
        for (; strcmp(next, "null") != 0; slices++) {
            browsing_ask(&b, "order=%s&cursor=%s", i ? "asc" : "desc", next);
            char *more = browsing_ids(&b);
            buf_add_text(&ids, more);
            free(more);
            free(next);
            next = browsing_member(&b, "next");
        }
        assert_in_range(slices, 8, 12);
        free(next);
        assert_buf(&ids, i ? "1 3 " : "3 1 ");
    }
    buf_free(&lines);
    browsing_end(&b);
}

/* However long lines are, an answer has some megabytes at most. */
/* The list says how many there are, also of those that it does not show. */
static void rows_that_match_are_counted(void **state)
{
    (void)state;
    struct browsing b;
    struct buf lines = {0};
    browsing_begin(&b);
    for (unsigned id = 1; id <= 9; id++)
        add_line(&lines, id, id % 3 ? "\"path\":\"/a\"" : "\"path\":\"/b\"");
    browsing_put(&b, buf_str(&lines));
    buf_free(&lines);
    browsing_ask(&b, "sort=path&limit=1&q=/a");
    assert_member(&b, "matched", "6");
    browsing_ask(&b, "view=routes&q=/b");
    assert_member(&b, "matched", "3");
    browsing_ask(&b, "limit=2&q=/b"); /* 9, 8, 7, 6 */
    assert_member(&b, "matched", "2");
    assert_member(&b, "scanned", "4");
    browsing_end(&b);
}

static void long_rows_end_a_slice(void **state)
{
    (void)state;
    static const char *const queries[] = {"limit=500", "limit=500&sort=path"};
    struct browsing b;
    struct buf lines = {0}, member = {0};
    browsing_begin(&b);
    buf_add_text(&member, "\"path\":\"");
    buf_fill(&member, '<', 200000);
    buf_add_text(&member, "\"");
    for (unsigned id = 0; id < 16; id++)
        add_line(&lines, id, buf_cstr(&member));
    browsing_put(&b, buf_str(&lines));
    for (size_t i = 0; i < 2; i++) {
        browsing_ask(&b, "%s", queries[i]);
        assert_in_range(b.answer.len, 2097152, 2 * 2097152);
        char *next = browsing_member(&b, "next");
        assert_string_not_equal(next, "null");
        free(next);
    }
    buf_free(&lines);
    buf_free(&member);
    browsing_end(&b);
}

static void routes_have_their_durations(void **state)
{
    (void)state;
    struct browsing b;
    struct buf lines = {0};
    browsing_begin(&b);
    add_line(&lines, 1, "\"path\":\"/a/1\",\"elapsed_ms\":1.5,\"method\":\"GET\"");
    add_line(&lines, 2, "\"path\":\"/b\",\"elapsed_ms\":2");
    add_line(&lines, 3, "\"path\":\"/a/2\",\"elapsed_ms\":0.25,\"method\":\"GET\"");
    add_line(&lines, 4, "\"path\":\"/a/3\"");
    browsing_put(&b, buf_str(&lines));
    browsing_ask(&b, "view=routes");
    assert_non_null(
        strstr(b.answer.data,
               "\"routes\":[{\"route\":\"/a/*\",\"count\":3,\"elapsed_ms\":[1.500,"
               "0.250]},{\"route\":\"/b\",\"count\":1,\"elapsed_ms\":[2.000]}],"
               "\"next\":null"));
    browsing_ask(&b, "view=routes&method=GET&min=1");
    assert_non_null(strstr(b.answer.data, "\"routes\":[{\"route\":\"/a/*\",\"count\":1,"
                                          "\"elapsed_ms\":[1.500]}],"));
    buf_free(&lines);
    browsing_end(&b);
}

/* A slice has 500 routes and 20,000 durations at most; no row is lost between slices.
 */
static void many_routes_take_several_slices(void **state)
{
    (void)state;
    static const unsigned moduli[] = {1300, 3};
    struct browsing b;
    browsing_begin(&b);
    for (size_t i = 0; i < 2; i++) {
        struct buf lines = {0};
        for (unsigned id = 0; id < 25000; id++) {
            char member[64];
            snprintf(member, sizeof member, "\"path\":\"/r%u\",\"elapsed_ms\":1",
                     id % moduli[i]);
            add_line(&lines, id, member);
        }
        browsing_put(&b, buf_str(&lines));
        unsigned rows = 0, slices = 0;
        char *next = strdup("");
        for (; strcmp(next, "null") != 0; slices++) {
            browsing_ask(&b, "view=routes&cursor=%s", next);
            char *counts = browsing_column(&b, "count");
            for (char *at = counts; *at; at = strchr(at, ' ') + 1)
                rows += (unsigned)atoi(at);
            free(counts);
            free(next);
            next = browsing_member(&b, "next");
        }
        assert_int_equal(rows, 25000);
        assert_int_equal(slices, i ? 2 : 50);
        free(next);
        buf_free(&lines);
    }
    browsing_end(&b);
}

static void what_is_no_file_is_an_error(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    assert_int_equal(symlinkat("/etc/passwd", b.dir, INDEX_NAME), 0);
    assert_string_equal(browsing_ask_for(&b, LISTING_FAILED, ""),
                        "{\"error\":\"cannot read index.jsonl: Too many levels of "
                        "symbolic links\"}");
    unlinkat(b.dir, INDEX_NAME, 0);
    assert_int_equal(mkfifoat(b.dir, INDEX_NAME, 0600), 0);
    const char *const irregular =
        "{\"error\":\"cannot read index.jsonl: it is not a regular file\"}";
    assert_string_equal(browsing_ask_for(&b, LISTING_FAILED, ""), irregular);
    unlinkat(b.dir, INDEX_NAME, 0);
    assert_int_equal(mkdirat(b.dir, INDEX_NAME, 0700), 0);
    assert_string_equal(browsing_ask_for(&b, LISTING_FAILED, ""), irregular);
    unlinkat(b.dir, INDEX_NAME, AT_REMOVEDIR);
    put_lines(&b, 1, 1);
    assert_int_equal(linkat(b.dir, INDEX_NAME, b.dir, "second", 0), 0);
    assert_string_equal(browsing_ask_for(&b, LISTING_FAILED, ""),
                        "{\"error\":\"cannot read index.jsonl: it has a second name (a "
                        "hard link)\"}");
    browsing_end(&b);
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    struct browsing b;
    browsing_begin(&b);
    put_lines(&b, 1, 1);
    assert_int_equal(chmod(b.path, 0711), 0);
    assert_int_equal(fchmodat(b.dir, INDEX_NAME, 0, 0), 0);
    const uid_t user = geteuid(), nobody = 65534;
    assert_int_equal(user == 0 ? seteuid(nobody) : 0, 0); /* root reads every file */
    assert_string_equal(browsing_ask_for(&b, LISTING_FAILED, ""),
                        "{\"error\":\"cannot read index.jsonl: Permission denied\"}");
    assert_int_equal(seteuid(user), 0);
    browsing_end(&b);
}

static struct browsing swept;
static const char *sweeping;

static bool ask_once(void)
{
    static const struct route_rules none = {0};
    struct listing l = {swept.dir, &none, 0};
    struct buf out = {0};
    enum listing_status status = listing_write(&l, str_from(sweeping), &out);
    assert_true(status == LISTING_OK || status == LISTING_FAILED);
    if (status == LISTING_FAILED && !out.failed)
        assert_true(str_starts(buf_str(&out), STR("{\"error\":\"")));
    buf_free(&out);
    return status == LISTING_FAILED;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    static const char *const queries[] = {"q=a", "sort=path", "view=routes"};
    browsing_begin(&swept);
    put_lines(&swept, 1, 20);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        sweeping = queries[i];
        oom_sweep(ask_once);
    }
    browsing_end(&swept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_index_the_list_is_empty),
        cmocka_unit_test(a_row_has_the_members_of_its_line_and_a_route),
        cmocka_unit_test(the_administrators_rules_name_routes),
        cmocka_unit_test(a_page_goes_on_where_the_one_before_ended),
        cmocka_unit_test(a_poll_reads_only_new_lines),
        cmocka_unit_test(a_poll_of_a_sorted_list),
        cmocka_unit_test(a_rewritten_index_says_restart),
        cmocka_unit_test(lines_that_cannot_be_read_are_counted),
        cmocka_unit_test(rows_that_match_are_counted),
        cmocka_unit_test(long_rows_end_a_slice),
        cmocka_unit_test(routes_have_their_durations),
        cmocka_unit_test(many_routes_take_several_slices),
        cmocka_unit_test(what_is_no_file_is_an_error),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
