#include "support.h"

#include "../../plugin/report/safetext.h"

static const struct {
    const char *bytes, *text, *name;
} cases[] = {
    {"", "", ""},
    {"shop/größe.py", "shop/größe.py", "shop/größe.py"},
    {"it's \"\\", "it's \"\\", "it's \"\\"},
    {"a\nb", "'a\\nb'", "'a\\nb'"},
    {"\x1b[31m", "'\\x1b[31m'", "'\\x1b[31m'"},
    {"\x7f", "'\\x7f'", "'\\x7f'"},
    {"\xc2\x9b", "'\\x9b'", "'\\x9b'"},
    {"\xe2\x80\xa8", "'\\u2028'", "'\\u2028'"},
    {"\xff", "\xff", "'\\xff'"},
    {"\xed\xb2\x80", "\xed\xb2\x80", "'\\xed\\xb2\\x80'"}, /* a lone surrogate */
    {"\xe2\x80\xae"
     "x",
     "\xe2\x80\xae"
     "x",
     "'\\u202ex'"},
    {"\xe2\x81\xa6", "\xe2\x81\xa6", "'\\u2066'"},
    {"\xd8\x9c", "\xd8\x9c", "'\\u061c'"},
};

static void what_drives_a_terminal_is_shown_as_repr(void **state)
{
    (void)state;
    struct buf b = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        safetext_add(&b, str_from(cases[i].bytes));
        assert_buf(&b, cases[i].text);
        safetext_add_name(&b, str_from(cases[i].bytes));
        assert_buf(&b, cases[i].name);
    }
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
        cmocka_unit_test(what_drives_a_terminal_is_shown_as_repr),
        cmocka_unit_test(what_is_no_character_can_be_replaced),
        cmocka_unit_test(a_method_is_one_word),
    };
    return cmocka_run_group_tests_name("safetext", tests, NULL, NULL);
}
