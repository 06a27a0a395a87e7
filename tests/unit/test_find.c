#include "browsing.h"

#include "browse/find.h"
#include "report/common/jsonread.h"
#include "store/indexfile.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct str id = STR("00000000000000ab");

static bool finds(struct browsing *b, struct index_row *row)
{
    errno = 4711;
    bool found = find_profile(b->dir, id, row);
    if (!found)
        assert_int_equal(errno, 0);
    return found;
}

static void the_newest_line_with_the_id_counts(void **state)
{
    (void)state;
    struct browsing b;
    struct index_row row = {0};
    struct buf lines = {0};
    browsing_begin(&b);
    assert_false(finds(&b, &row)); /* there is no index */
    browsing_put(&b, STR(""));
    assert_false(finds(&b, &row));
    add_line(&lines, 0xab, "\"path\":\"/old\"");
    add_line(&lines, 0xab, "\"path\":\"/\\u006eew\"");
    add_line(&lines, 0xac, "\"path\":\"/00000000000000ab\"");
    add_line(&lines, 0xab, "\"path\":5"); /* not a line of the index */
    browsing_put(&b, buf_str(&lines));
    browsing_append(&b, STR("{\"id\":\"00000000000000ab\",\"files\":[]}"));
    assert_true(finds(&b, &row)); /* the last line is not complete */
    assert_str(row.path, "/new");
    assert_string_equal(json_next_name(row.files.text, NULL), "ab.json");
    indexrow_free(&row);
    buf_free(&lines);
    browsing_end(&b);
}

static void an_id_may_be_written_with_escapes(void **state)
{
    (void)state;
    struct browsing b;
    struct index_row row = {0};
    browsing_begin(&b);
    browsing_put(&b, STR("{\"id\":\"00000000000000a\\u0062\",\"files\":[]}\n"));
    assert_true(finds(&b, &row));
    indexrow_free(&row);
    browsing_end(&b);
}

/* A link, a pipe, a directory: the writers of the index refuse them, too. */
static void only_a_file_is_read(void **state)
{
    (void)state;
    struct browsing b;
    struct index_row row = {0};
    browsing_begin(&b);
    assert_int_equal(symlinkat("/etc/passwd", b.dir, INDEX_NAME), 0);
    assert_false(find_profile(b.dir, id, &row));
    assert_int_equal(errno, ELOOP);
    unlinkat(b.dir, INDEX_NAME, 0);
    assert_int_equal(mkfifoat(b.dir, INDEX_NAME, 0600), 0);
    assert_false(find_profile(b.dir, id, &row));
    assert_int_equal(errno, EINVAL);
    unlinkat(b.dir, INDEX_NAME, 0);
    assert_int_equal(mkdirat(b.dir, INDEX_NAME, 0700), 0);
    assert_false(find_profile(b.dir, id, &row));
    assert_int_equal(errno, EINVAL);
    indexrow_free(&row);
    browsing_end(&b);
}

static struct browsing swept;

static bool find_one(void)
{
    struct index_row row = {0};
    bool ok = find_profile(swept.dir, id, &row);
    if (!ok)
        assert_int_equal(errno, ENOMEM);
    indexrow_free(&row);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    struct buf lines = {0};
    browsing_begin(&swept);
    add_line(&lines, 0xab, "\"path\":\"/\"");
    browsing_put(&swept, buf_str(&lines));
    buf_free(&lines);
    oom_sweep(find_one);
    browsing_end(&swept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_line_with_the_id_counts),
        cmocka_unit_test(an_id_may_be_written_with_escapes),
        cmocka_unit_test(only_a_file_is_read),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
