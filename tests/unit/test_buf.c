#include "support.h"

static void adding_text_grows_the_buffer(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i);
    assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
    assert_memory_equal(b.data, "0,1,2,3,", 8);
    buf_free(&b);
}

static void an_empty_buffer_is_an_empty_text(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add(&b, NULL, 0);
    assert_buf(&b, "");
}

static void bytes_of_any_value_are_kept(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add(&b, "a\0b", 3);
    buf_fill(&b, ' ', 2);
    buf_add_char(&b, '\xff');
    assert_int_equal(b.len, 6);
    assert_memory_equal(b.data, "a\0b  \xff", 6);
    buf_free(&b);
}

static void a_quoted_value_is_printable_ascii(void **state)
{
    (void)state;
    const struct {
        struct str value;
        const char *quoted;
    } cases[] = {
        {STR(""), "\"\""},
        {{NULL, 0}, "\"\""},
        {STR("totime"), "\"totime\""},
        {STR("a\r\nSet-Cookie: x"), "\"a\\x0d\\x0aSet-Cookie: x\""},
        {STR("\0\x7f\xc3\xa9"), "\"\\x00\\x7f\\xc3\\xa9\""},
        {STR("\"a"), "'\"a'"},
        {STR("it's \\d"), "\"it's \\d\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf b = {0};
        buf_add_quoted(&b, cases[i].value);
        assert_buf(&b, cases[i].quoted);
    }
}

static void a_long_quoted_value_is_cut(void **state)
{
    (void)state;
    char zeros[100] = {0}, letters[61];
    memset(letters, 'a', sizeof(letters));
    struct buf b = {0};
    buf_add_quoted(&b, (struct str){letters, 60});
    assert_int_equal(b.len, 62);
    b.len = 0;
    buf_add_quoted(&b, (struct str){letters, 61});
    assert_int_equal(b.len, 65);
    assert_memory_equal(b.data + b.len - 5, "a...\"", 5);
    b.len = 0;
    buf_add_quoted(&b, (struct str){zeros, sizeof(zeros)});
    assert_int_equal(b.len, 65);
    buf_free(&b);
}

static bool add_a_lot(void)
{
    struct buf b = {0};
    for (int i = 0; i < 600; i++)
        buf_printf(&b, "line %d\n", i);
    bool failed = b.failed;
    buf_free(&b);
    return failed;
}

static void running_out_of_memory_sticks(void **state)
{
    (void)state;
    oom_sweep(add_a_lot);
}

static void splitting_keeps_empty_items(void **state)
{
    (void)state;
    struct str rest = STR("a,,b"), item;
    assert_true(str_split(&rest, ',', &item));
    assert_str(item, "a");
    assert_true(str_split(&rest, ',', &item));
    assert_str(item, "");
    assert_true(str_split(&rest, ',', &item));
    assert_str(item, "b");
    assert_false(str_split(&rest, ',', &item));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding_text_grows_the_buffer),
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(bytes_of_any_value_are_kept),
        cmocka_unit_test(a_quoted_value_is_printable_ascii),
        cmocka_unit_test(a_long_quoted_value_is_cut),
        cmocka_unit_test(running_out_of_memory_sticks),
        cmocka_unit_test(splitting_keeps_empty_items),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
