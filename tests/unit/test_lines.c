#include "support.h"

#include "store/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* An open file with this content and no name. */
static int file_of(struct str content)
{
    char path[] = "/tmp/profiler-lines.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, content.data, content.len), content.len);
    return fd;
}

/* All lines, each with a '|' after it. */
static char *read_all(struct lines *l, bool (*step)(struct lines *, struct str *),
                      unsigned *parts)
{
    struct buf out = {0};
    struct str line;
    *parts = 0;
    while (step(l, &line)) {
        *parts += !line.data;
        if (!line.data)
            continue;
        buf_add_str(&out, line);
        buf_add_char(&out, '|');
    }
    char *text = strdup(buf_cstr(&out));
    buf_free(&out);
    return text;
}

static const struct {
    const char *content, *forward, *back;
} files[] = {
    {"", "", ""},          {"\n", "|", "|"},
    {"a\n", "a|", "a|"},   {"a\nbc\n\nd\n", "a|bc||d|", "d||bc|a|"},
    {"a\nb", "a|", "|a|"}, /* back: from within a line */
    {"a", "", "|"},
};

static void both_directions_find_the_same_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        int fd = file_of(str_from(files[i].content));
        struct lines forward = {.fd = fd};
        struct lines back = {.fd = fd, .offset = strlen(files[i].content)};
        unsigned parts;
        char *text = read_all(&forward, lines_step, &parts);
        assert_string_equal(text, files[i].forward);
        free(text);
        text = read_all(&back, lines_step_back, &parts);
        assert_string_equal(text, files[i].back);
        assert_int_equal(back.offset, 0);
        assert_int_equal(back.reason, 0);
        free(text);
        lines_free(&forward);
        lines_free(&back);
        close(fd);
    }
}

static void the_offset_is_where_to_go_on(void **state)
{
    (void)state;
    const struct str content = STR("one\ntwo\nthree\n");
    int fd = file_of(content);
    uint64_t forward = 0, back = content.len;
    const char *const lines[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++) {
        struct lines l = {.fd = fd, .offset = forward};
        struct lines r = {.fd = fd, .offset = back};
        struct str line;
        assert_true(lines_step(&l, &line));
        assert_str(line, lines[i]);
        assert_true(lines_step_back(&r, &line));
        assert_str(line, lines[2 - i]);
        forward = l.offset;
        back = r.offset;
        lines_free(&l);
        lines_free(&r);
    }
    assert_int_equal(forward, content.len);
    assert_int_equal(back, 0);
    close(fd);
}

/* A line of this length after 0 to 2 short ones, and before another. */
static void check_length(size_t length, size_t before)
{
    struct buf content = {0}, expected = {0};
    const bool fits = length <= LINE_MAX_BYTES;
    buf_add(&content, "a\nb\n", 2 * before);
    buf_fill(&content, 'x', length);
    buf_add_text(&content, "\nend\n");
    buf_add_text(&expected, "end|");
    buf_fill(&expected, 'x', fits ? length : 0);
    buf_add_text(&expected, before == 2 ? "|b|a|" : before == 1 ? "|a|" : "|");
    int fd = file_of(buf_str(&content));
    struct lines back = {.fd = fd, .offset = content.len}, forward = {.fd = fd};
    unsigned parts;
    char *text = read_all(&back, lines_step_back, &parts);
    if (strcmp(text, buf_cstr(&expected)) != 0)
        fail_msg("a line of %zu bytes, %zu lines before it", length, before);
    free(text);
    text = read_all(&forward, lines_step, &parts);
    assert_int_equal(strlen(text), expected.len);
    assert_true(text[2 * before] == (fits ? 'x' : '|'));
    free(text);
    /* no more memory than the longest line, doubled */
    assert_true(back.text.cap <= 2 * LINE_MAX_BYTES);
    assert_true(forward.text.cap <= 2 * LINE_MAX_BYTES);
    lines_free(&back);
    lines_free(&forward);
    buf_free(&content);
    buf_free(&expected);
    close(fd);
}

static void lengths_around_the_limits(void **state)
{
    (void)state;
    enum { BLOCK = 65536 }; /* of reading */
    static const size_t lengths[] = {BLOCK - 2,
                                     BLOCK - 1,
                                     BLOCK,
                                     BLOCK + 1,
                                     2 * BLOCK - 1,
                                     2 * BLOCK,
                                     LINE_MAX_BYTES,
                                     LINE_MAX_BYTES + 1,
                                     LINE_MAX_BYTES + BLOCK - 1,
                                     LINE_MAX_BYTES + BLOCK,
                                     LINE_MAX_BYTES + BLOCK + 1,
                                     3 * LINE_MAX_BYTES};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (size_t before = 0; before < 3; before++)
            check_length(lengths[i], before);
}

/* Whoever has a budget can stop within a line that has no end. */
static void a_line_without_end_comes_in_parts(void **state)
{
    (void)state;
    const off_t size = 1 << 26;
    int fd = file_of(STR("first\n"));
    assert_int_equal(ftruncate(fd, size), 0);
    assert_int_equal(pwrite(fd, "\nlast\n", 6, size), 6);
    struct lines back = {.fd = fd, .offset = (uint64_t)size + 6}, forward = {.fd = fd};
    unsigned parts;
    char *text = read_all(&back, lines_step_back, &parts);
    assert_string_equal(text, "last||first|");
    assert_in_range(parts, 58, 64);
    free(text);
    text = read_all(&forward, lines_step, &parts);
    assert_string_equal(text, "first||last|");
    assert_in_range(parts, 58, 64);
    free(text);
    /* lines_next tells of no parts */
    struct lines whole = {.fd = fd};
    text = read_all(&whole, lines_next, &parts);
    assert_string_equal(text, "first||last|");
    assert_int_equal(parts, 0);
    free(text);
    lines_free(&back);
    lines_free(&forward);
    lines_free(&whole);
    close(fd);
}

static void a_file_that_was_cut_is_a_failure(void **state)
{
    (void)state;
    int fd = file_of(STR("a\nb\n"));
    struct lines back = {.fd = fd, .offset = 400};
    struct str line;
    assert_false(lines_step_back(&back, &line));
    assert_int_equal(back.reason, EIO);
    lines_free(&back);
    close(fd);
    struct lines closed = {.fd = -1, .offset = 4};
    assert_false(lines_step_back(&closed, &line));
    assert_int_equal(closed.reason, EBADF);
    lines_free(&closed);
}

static bool read_back(void)
{
    int fd = file_of(STR("a\nb\n"));
    struct lines back = {.fd = fd, .offset = 4};
    struct str line;
    bool ok = lines_step_back(&back, &line);
    assert_int_equal(back.reason, ok ? 0 : ENOMEM);
    lines_free(&back);
    close(fd);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(read_back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_find_the_same_lines),
        cmocka_unit_test(the_offset_is_where_to_go_on),
        cmocka_unit_test(lengths_around_the_limits),
        cmocka_unit_test(a_line_without_end_comes_in_parts),
        cmocka_unit_test(a_file_that_was_cut_is_a_failure),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
