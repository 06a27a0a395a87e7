#include "support.h"

#include "report/common/json.h"

static void check(struct str bytes, const char *expected)
{
    struct buf b = {0};
    json_string(&b, bytes);
    assert_buf(&b, expected);
}

static void plain_text_is_quoted(void **state)
{
    (void)state;
    check(STR(""), "\"\"");
    check(STR("/search?q=x&y='z'"), "\"/search?q=x&y='z'\"");
    check(STR("größe 日本 \xf0\x9f\x90\x8d"), "\"größe 日本 \xf0\x9f\x90\x8d\"");
}

static void what_ends_a_string_or_a_script_is_escaped(void **state)
{
    (void)state;
    check(STR("\"\\"), "\"\\\"\\\\\"");
    check(STR("</script><!--"), "\"\\u003c/script>\\u003c!--\"");
}

static void check_most(const char *text, size_t most, const char *expected)
{
    struct buf b = {0};
    json_text_most(&b, "k", str_from(text), most);
    assert_buf(&b, expected);
}

static void a_long_text_is_cut_where_its_characters_end(void **state)
{
    (void)state;
    check_most("", 10, "\"k\":\"\"");
    check_most("0123456789", 10, "\"k\":\"0123456789\"");
    check_most("0123456789a", 10, "\"k\":\"0123456...\"");
    check_most("日本語日本語", 10, "\"k\":\"日本...\"");
    check_most("日本語", 9, "\"k\":\"日本語\"");
    check_most("日本語", 8, "\"k\":\"日...\"");
    check_most("\xf0\x9f\x90\x8d\xf0\x9f\x90\x8d", 7, "\"k\":\"\xf0\x9f\x90\x8d...\"");
    check_most("<<<<", 12, "\"k\":\"\\u003c...\"");
    check_most("<<<<", 24, "\"k\":\"\\u003c\\u003c\\u003c\\u003c\"");
    check_most("<", 5, "\"k\":\"...\"");
    check_most("\x80\x80\x80\x80\x80\x80", 9, "\"k\":\"\xef\xbf\xbd\xef\xbf\xbd...\"");
}

static void control_characters_are_escaped(void **state)
{
    (void)state;
    check(STR("a\nb\0c\x1b\x7f"), "\"a\\nb\\u0000c\\u001b\\u007f\"");
    check(STR("\xc2\x80\xc2\x9b\xc2\xa0"), "\"\\u0080\\u009b\xc2\xa0\"");
    check(STR("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"), "\"\\u2028\\u2029\\u202a\"");
}

static void bytes_that_are_not_utf8_become_replacement_characters(void **state)
{
    (void)state;
#define R "\xef\xbf\xbd"
    check(STR("a\xff\xfe"), "\"a" R R "\"");
    check(STR("caf\xe9 x"), "\"caf" R " x\"");
    check(STR("\xc0\xaf"), "\"" R R "\"");
    check(STR("\xed\xa0\x80"), "\"" R R R "\"");
    check(STR("\xf4\x90\x80\x80"), "\"" R R R R "\"");
    check(STR("\xe2\x80"), "\"" R R "\"");
    check(STR("\xf0\x9f\x90"), "\"" R R R "\"");
}

static void what_misleads_a_reader_is_escaped(void **state)
{
    (void)state;
    check(STR("a\u202eb\u2067\u200d\ufeff"), "\"a\\u202eb\\u2067\\u200d\\ufeff\"");
    check(STR("\U000e0041"), "\"\\udb40\\udc41\"");
}

static void members_and_items_are_parted_by_commas(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add_char(&b, '{');
    json_number(&b, "a", 0);
    json_number_or_null(&b, "b", 0);
    json_number_or_null(&b, "c", UINT64_MAX);
    json_text(&b, "d", STR("[{"));
    json_text_or_null(&b, "e", STR(""));
    json_text_or_null(&b, "f", (struct str){NULL, 0});
    json_key(&b, "g");
    buf_add_char(&b, '[');
    json_item(&b, 1);
    json_item(&b, 2);
    buf_add_text(&b, "]}");
    assert_buf(&b, "{\"a\":0,\"b\":null,\"c\":18446744073709551615,\"d\":\"[{\","
                   "\"e\":\"\",\"f\":null,\"g\":[1,2]}");
}

static bool write_one(void)
{
    struct buf b = {0};
    for (int i = 0; i < 500; i++)
        json_string(&b, STR("a\xff<\n"));
    bool failed = b.failed;
    buf_free(&b);
    return failed;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(write_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_quoted),
        cmocka_unit_test(what_ends_a_string_or_a_script_is_escaped),
        cmocka_unit_test(a_long_text_is_cut_where_its_characters_end),
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(bytes_that_are_not_utf8_become_replacement_characters),
        cmocka_unit_test(what_misleads_a_reader_is_escaped),
        cmocka_unit_test(members_and_items_are_parted_by_commas),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
