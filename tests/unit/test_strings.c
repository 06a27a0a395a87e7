#include "support.h"

#include "report/page/strings.h"

#include <stdio.h>

static void a_text_is_there_once(void **state)
{
    (void)state;
    struct strings t = {0};
    assert_int_equal(strings_add(&t, STR("a")), 0);
    assert_int_equal(strings_add(&t, STR("")), 1);
    assert_int_equal(strings_add(&t, STR("a")), 0);
    assert_int_equal(strings_add(&t, STR("\",\"")), 2);
    assert_int_equal(strings_add(&t, STR("a,\"")), 3);
    assert_int_equal(strings_add(&t, STR("")), 1);
    assert_str(buf_str(&t.json), "\"a\",\"\",\"\\\",\\\"\",\"a,\\\"\"");
    strings_free(&t);
}

static void texts_that_are_written_alike_are_one(void **state)
{
    (void)state;
    struct strings t = {0};
    assert_int_equal(strings_add(&t, STR("\xff")), 0);
    assert_int_equal(strings_add(&t, STR("\xfe")), 0);
    assert_int_equal(strings_add(&t, STR("\xef\xbf\xbd")), 0);
    assert_int_equal(t.count, 1);
    strings_free(&t);
}

static void many_texts_keep_their_numbers(void **state)
{
    (void)state;
    struct strings t = {0};
    char text[16];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 10000; i++) {
            snprintf(text, sizeof text, "%u", i);
            assert_int_equal(strings_add(&t, str_from(text)), i);
        }
    assert_int_equal(t.count, 10000);
    strings_free(&t);
}

static bool add_some(void)
{
    struct strings t = {0};
    char text[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        strings_add(&t, str_from(text));
    }
    bool failed = t.failed;
    strings_free(&t);
    return failed;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(add_some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_there_once),
        cmocka_unit_test(texts_that_are_written_alike_are_one),
        cmocka_unit_test(many_texts_keep_their_numbers),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("strings", tests, NULL, NULL);
}
