#include "support.h"

#include "base/fd.h"
#include "browse/body.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens a file with this content, which has no name. */
static int file_with(struct str content)
{
    char name[] = "/tmp/profiler-body-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(unlink(name), 0);
    assert_true(fd_write_all(fd, content));
    return fd;
}

static uint64_t size_of(int fd)
{
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    return (uint64_t)st.st_size;
}

/* Reads all blocks. No block is empty. */
static void read_all(struct body *b, struct buf *out)
{
    struct str block;
    while (body_next(b, &block)) {
        assert_true(block.len > 0);
        buf_add_str(out, block);
    }
}

/* "a<b<..." of this length; escaped, if asked. */
static void make_text(struct buf *out, size_t len, size_t every, bool escaped)
{
    for (size_t i = 0; i < len; i++)
        if (every && i % every == 0)
            buf_add_text(out, escaped ? "\\u003c" : "<");
        else
            buf_add_char(out, (char)('a' + i % 26));
}

static void check_file(size_t len, size_t every, bool escaped)
{
    struct buf text = {0}, expected = {0}, seen = {0};
    struct body b = {0};
    make_text(&text, len, every, false);
    buf_add_text(&expected, "before");
    make_text(&expected, len, every, escaped);
    buf_add_text(&expected, "after");
    int fd = file_with(buf_str(&text));
    body_add(&b, STR("before"));
    body_add_file(&b, fd, size_of(fd), escaped);
    body_add(&b, STR("after"));
    assert_int_equal(b.length, expected.len);
    read_all(&b, &seen);
    assert_false(b.failed);
    assert_true(str_equal(buf_str(&seen), buf_str(&expected)));
    body_free(&b);
    buf_free(&text);
    buf_free(&expected);
    buf_free(&seen);
}

static void all_pieces_come_in_order(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 16383, 16384, 16385, 32768, 100001};
    static const size_t gaps[] = {0, 1, 2, 7, 16384};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++)
            for (int escaped = 0; escaped < 2; escaped++)
                check_file(sizes[i], gaps[k], escaped);
}

static void texts_alone_are_a_body(void **state)
{
    (void)state;
    struct body b = {0};
    struct buf owned = {0}, seen = {0};
    buf_add_text(&owned, "2");
    body_add(&b, STR("1"));
    body_own(&b, &owned);
    body_add(&b, STR(""));
    body_add(&b, STR("3"));
    assert_null(owned.data);
    assert_int_equal(b.length, 3);
    read_all(&b, &seen);
    assert_string_equal(buf_cstr(&seen), "123");
    assert_false(b.failed);
    body_free(&b);
    buf_free(&seen);
}

static void an_empty_body_ends_at_once(void **state)
{
    (void)state;
    struct body b = {0};
    struct str block;
    assert_false(body_next(&b, &block));
    assert_false(b.failed);
    body_free(&b);
}

static void a_shorter_file_fails(void **state)
{
    (void)state;
    struct body b = {0};
    struct buf seen = {0};
    int fd = file_with(STR("0123456789"));
    body_add_file(&b, fd, 10, false);
    body_add(&b, STR("after"));
    assert_int_equal(ftruncate(fd, 4), 0);
    read_all(&b, &seen);
    assert_true(b.failed);
    assert_string_equal(buf_cstr(&seen), "0123");
    body_free(&b);
    buf_free(&seen);
}

static void a_file_that_grows_stays_as_long_as_it_was(void **state)
{
    (void)state;
    struct body b = {0};
    struct buf seen = {0};
    int fd = file_with(STR("ab<"));
    body_add_file(&b, fd, 3, true);
    body_add(&b, STR("after"));
    assert_int_equal(b.length, 2 + 6 + 5);
    assert_int_equal(pwrite(fd, "<<<<<<<<", 8, 0), 8);
    read_all(&b, &seen);
    assert_int_equal(seen.len, b.length);
    assert_string_equal(buf_cstr(&seen), "\\u003c\\u003c\\");
    body_free(&b);
    buf_free(&seen);
}

static void what_cannot_be_read_fails(void **state)
{
    (void)state;
    int pipe_ends[2];
    struct body b = {0};
    struct str block;
    assert_int_equal(pipe(pipe_ends), 0);
    body_add_file(&b, pipe_ends[0], 10, true); /* it has no offset */
    assert_true(b.failed);
    assert_false(body_next(&b, &block));
    body_free(&b);
    close(pipe_ends[1]);
}

static bool make_body(void)
{
    struct body b = {0};
    struct buf owned = {0}, seen = {0};
    int fd = file_with(STR("a<b"));
    buf_add_text(&owned, "owned");
    body_own(&b, &owned);
    body_add_file(&b, fd, 3, true);
    read_all(&b, &seen);
    bool failed = b.failed || seen.failed;
    assert_true(failed || str_equal(buf_str(&seen), STR("owneda\\u003cb")));
    body_free(&b);
    buf_free(&seen);
    return failed;
}

static void without_memory_it_fails(void **state)
{
    (void)state;
    oom_sweep(make_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pieces_come_in_order),
        cmocka_unit_test(texts_alone_are_a_body),
        cmocka_unit_test(an_empty_body_ends_at_once),
        cmocka_unit_test(a_shorter_file_fails),
        cmocka_unit_test(a_file_that_grows_stays_as_long_as_it_was),
        cmocka_unit_test(what_cannot_be_read_fails),
        cmocka_unit_test(without_memory_it_fails),
    };
    return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
