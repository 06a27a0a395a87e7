#include "support.h"

#include "report/common/safetext.h"

static const struct {
    const char *bytes, *text, *line;
} cases[] = {
    {"", "", ""},
    {"shop/größe.py", "shop/größe.py", "shop/größe.py"},
    {"it's \"\\", "it's \"\\", "it's \"\\"},
    {"a\nb", "'a\\nb'", "a\\x0ab"},
    {"\x1b[31m", "'\\x1b[31m'", "\\x1b[31m"},
    {"\x7f", "'\\x7f'", "\\x7f"},
    {"\xc2\x9b", "'\\x9b'", "\\x9b"},
    {"\u2028", "'\\u2028'", "\\u2028"},
    {"\xff", "'\\xff'", "\\xff"},
    {"\xed\xb2\x80", "'\\xed\\xb2\\x80'", "\\xed\\xb2\\x80"}, /* a lone surrogate */
    {"a\u202ex", "'a\\u202ex'", "a\\u202ex"},
    {"\u2066", "'\\u2066'", "\\u2066"},
    {"\u061c", "'\\u061c'", "\\u061c"},
    {"\u200b", "'\\u200b'", "\\u200b"},
    {"\ufeff", "'\\ufeff'", "\\ufeff"},
    {"\U000e0041", "'\\U000e0041'", "\\U000e0041"},
    {"\U0001f40d", "\U0001f40d", "\U0001f40d"},
};

static void what_drives_a_terminal_or_misleads_a_reader_is_escaped(void **state)
{
    (void)state;
    struct buf b = {0};
    char line[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str bytes = str_from(cases[i].bytes);
        safetext_add(&b, bytes);
        assert_buf(&b, cases[i].text);
        size_t len = safetext_line(line, sizeof line, bytes);
        assert_int_equal(len, strlen(line));
        assert_string_equal(line, cases[i].line);
    }
    assert_int_equal(safetext_line(line, sizeof line, STR("a\0b")), 6);
    assert_string_equal(line, "a\\x00b");
}

static void a_line_is_cut_where_its_room_ends(void **state)
{
    (void)state;
    char line[SAFETEXT_ESCAPE_MAX + 5];
    assert_int_equal(safetext_line(line, sizeof line, STR("abcdefgh")), 5);
    assert_string_equal(line, "abcde");
    safetext_line(line, sizeof line, STR("abc\U000e0041z"));
    assert_string_equal(line, "abc\\U000e0041");
}

static void what_is_no_character_can_be_replaced(void **state)
{
    (void)state;
    struct buf b = {0};
    safetext_add_plain(&b, STR("größe;\" \n\x1b\xff\xed\xb2\x80"));
    safetext_add_plain(&b, STR("\0\xc2"));
    assert_buf(&b, "größe;\" \ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd");
}

static void a_method_is_one_word(void **state)
{
    (void)state;
    struct buf b = {0};
    safetext_add_method(&b, STR("GET"));
    assert_buf(&b, "GET");
    safetext_add_method(&b, STR("G T"));
    assert_buf(&b, "'G T'");
    safetext_add_method(&b, STR(""));
    assert_buf(&b, "''");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_drives_a_terminal_or_misleads_a_reader_is_escaped),
        cmocka_unit_test(a_line_is_cut_where_its_room_ends),
        cmocka_unit_test(what_is_no_character_can_be_replaced),
        cmocka_unit_test(a_method_is_one_word),
    };
    return cmocka_run_group_tests_name("safetext", tests, NULL, NULL);
}
