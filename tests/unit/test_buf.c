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
        cmocka_unit_test(running_out_of_memory_sticks),
        cmocka_unit_test(splitting_keeps_empty_items),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
