#include "support.h"

#include "base/utf8.h"
#include "uwsgi/deliver/logparts.h"

#include <stdio.h>
#include <stdlib.h>

#define ID "00c0ffee00c0ffee"
#define MARK "[" ID " ...]\n"

static bool ends_with(struct str s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && memcmp(s.data + s.len - len, end, len) == 0;
}

/* Joins messages as a reader of the log does. */
static void put_together(struct buf *record, struct str message, unsigned number,
                         unsigned count)
{
    char header[80];
    snprintf(header, sizeof header, "[" ID " %u/%u]\n", number, count);
    assert_true(str_starts(message, str_from(header)));
    message.data += strlen(header);
    message.len -= strlen(header);
    if (ends_with(message, MARK))
        message.len -= strlen(MARK);
    buf_add_str(record, message);
}

static bool is_utf8(struct str s)
{
    uint32_t code;
    while (s.len) {
        size_t len = utf8_char(s, &code);
        if (!len)
            return false;
        s.data += len;
        s.len -= len;
    }
    return true;
}

/* Checks that each message ends a line, is small enough, and is complete UTF-8. Returns
 * the number of messages. */
static unsigned check(struct str record, size_t size)
{
    struct parts p;
    struct buf message = {0}, all = {0};
    unsigned number = 0;
    parts_init(&p, ID, record, size);
    unsigned count = p.count;
    while (parts_next(&p, &message)) {
        struct str m = buf_str(&message);
        assert_true(m.len <= size);
        assert_true(is_utf8(m));
        assert_true(ends_with(m, "\n"));
        put_together(&all, m, ++number, count);
    }
    assert_int_equal(number, count);
    assert_int_equal(all.len, record.len);
    assert_memory_equal(all.data, record.data, record.len);
    buf_free(&message);
    buf_free(&all);
    return number;
}

static void a_record_is_parted_at_line_ends(void **state)
{
    (void)state;
    struct buf record = {0}, out = {0};
    for (unsigned i = 0; i < 20; i++)
        buf_printf(&record, "line %02u of the record\n", i);
    struct parts p;
    parts_init(&p, ID, buf_str(&record), 128);
    assert_int_equal(p.count, 7);
    assert_true(parts_next(&p, &out));
    assert_str(buf_str(&out), "[" ID " 1/7]\nline 00 of the record\n"
                              "line 01 of the record\nline 02 of the record\n");
    check(buf_str(&record), 128);
    buf_free(&record);
    buf_free(&out);
}

static void one_line_that_fits_is_sent_as_it_is(void **state)
{
    (void)state;
    struct parts p;
    struct buf out = {0};
    parts_init(&p, ID, STR("PROFILE x\n"), 8000);
    assert_true(parts_next(&p, &out));
    assert_str(buf_str(&out), "PROFILE x\n");
    assert_false(parts_next(&p, &out));
    assert_false(out.failed);
    buf_free(&out);
}

static void two_lines_that_fit_have_a_header(void **state)
{
    (void)state;
    assert_int_equal(check(STR("---\nPATH: '/'\n"), 8000), 1);
}

static void nothing_is_no_message(void **state)
{
    (void)state;
    struct parts p;
    struct buf out = {0};
    parts_init(&p, ID, (struct str){NULL, 0}, 8000);
    assert_false(parts_next(&p, &out));
    buf_free(&out);
}

static void a_line_without_room_goes_on_behind_a_mark(void **state)
{
    (void)state;
    struct buf record = {0};
    buf_add_text(&record, "first\n");
    buf_fill(&record, 'x', 1000);
    buf_add_text(&record, "\nlast\n");
    assert_true(check(buf_str(&record), 128) > 10);
    buf_free(&record);
}

static void characters_stay_whole(void **state)
{
    (void)state;
    static const char *const characters[] = {"\xc3\xa9", "\xe2\x82\xac",
                                             "\xf0\x9f\x8d\xb5"};
    for (size_t shift = 0; shift < 4; shift++)
        for (size_t i = 0; i < 3; i++) {
            struct buf record = {0};
            buf_fill(&record, 'a', shift);
            for (unsigned n = 0; n < 200; n++)
                buf_add_text(&record, characters[i]);
            buf_add_text(&record, "\n");
            check(buf_str(&record), 131);
            buf_free(&record);
        }
}

static void any_size_will_do(void **state)
{
    (void)state;
    struct buf record = {0};
    for (unsigned i = 0; i < 60; i++) {
        buf_fill(&record, 'y', i * 7 % 190);
        buf_add_text(&record, "\n");
    }
    for (size_t size = PARTS_LEAST_SIZE; size < 400; size++)
        check(buf_str(&record), size);
    struct parts p;
    parts_init(&p, ID, buf_str(&record), 1);
    assert_int_equal(p.size, PARTS_LEAST_SIZE);
    buf_free(&record);
}

static bool without_memory(void)
{
    struct parts p;
    struct buf out = {0};
    parts_init(&p, ID, STR("a\nb\n"), 8000);
    bool made = parts_next(&p, &out);
    assert_int_equal(made, !out.failed);
    buf_free(&out);
    return !made;
}

static void out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(without_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_parted_at_line_ends),
        cmocka_unit_test(one_line_that_fits_is_sent_as_it_is),
        cmocka_unit_test(two_lines_that_fit_have_a_header),
        cmocka_unit_test(nothing_is_no_message),
        cmocka_unit_test(a_line_without_room_goes_on_behind_a_mark),
        cmocka_unit_test(characters_stay_whole),
        cmocka_unit_test(any_size_will_do),
        cmocka_unit_test(out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
