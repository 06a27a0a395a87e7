#include "support.h"

#include "base/utf8.h"

static void characters_are_measured_and_decoded(void **state)
{
    (void)state;
    const struct {
        struct str text;
        size_t len;
        uint32_t code;
    } cases[] = {
        {STR("a"), 1, 'a'},
        {STR("\0x"), 1, 0},
        {STR("\x7f"), 1, 0x7f},
        {STR("\xc2\x80"), 2, 0x80},
        {STR("\xc3\xa9t\xc3\xa9"), 2, 0xe9},
        {STR("\xdf\xbf"), 2, 0x7ff},
        {STR("\xe0\xa0\x80"), 3, 0x800},
        {STR("\xed\x9f\xbf"), 3, 0xd7ff},
        {STR("\xee\x80\x80"), 3, 0xe000},
        {STR("\xf0\x90\x80\x80"), 4, 0x10000},
        {STR("\xf4\x8f\xbf\xbf"), 4, 0x10ffff},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint32_t code = 1;
        assert_int_equal(utf8_char(cases[i].text, &code), cases[i].len);
        assert_int_equal(code, cases[i].code);
    }
}

static void what_python_does_not_decode_is_refused(void **state)
{
    (void)state;
    const struct str cases[] = {
        {NULL, 0},
        STR(""),
        STR("\x80"),             /* a continuation alone */
        STR("\xff"),             /* never a byte of UTF-8 */
        STR("\xc3"),             /* cut short */
        STR("\xe2\x82"),         /* cut short */
        STR("\xc3("),            /* not continued */
        STR("\xc0\x80"),         /* overlong */
        STR("\xc1\xbf"),         /* overlong */
        STR("\xe0\x9f\xbf"),     /* overlong */
        STR("\xf0\x8f\xbf\xbf"), /* overlong */
        STR("\xed\xa0\x80"),     /* a surrogate */
        STR("\xed\xbf\xbf"),     /* a surrogate */
        STR("\xf4\x90\x80\x80"), /* above U+10FFFF */
        STR("\xf8\x88\x80\x80\x80"),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint32_t code;
        assert_int_equal(utf8_char(cases[i], &code), 0);
    }
}

static void line_ends_and_terminal_codes_are_controls(void **state)
{
    (void)state;
    static const uint32_t controls[] = {0,    0x0a, 0x1b, 0x1f,   0x7f,
                                        0x80, 0x85, 0x9f, 0x2028, 0x2029};
    static const uint32_t others[] = {0x20, 0x7e, 0xa0, 0xe9, 0x2027, 0x202a, 0x1f40d};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        assert_true(utf8_is_control(controls[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(utf8_is_control(others[i]));
}

static void bytes_that_python_could_not_decode_come_back(void **state)
{
    (void)state;
    static const struct {
        struct str held;
        const char *shown;
    } cases[] = {
        {{NULL, 0}, ""},
        {STR("/srv/app.py"), "/srv/app.py"},
        {STR("/srv/\xc3\xbc"), "/srv/\xc3\xbc"},
        {STR("\xed\x95\x9c"), "\xed\x95\x9c"},         /* Hangul */
        {STR("\xed\xb3\x83\xed\xb2\xbc"), "\xc3\xbc"}, /* of a C locale */
        {STR("a\xed\xb3\xbc.py"), "a\\xfc.py"},        /* Latin-1 */
        {STR("\xed\xb3\x83\xed\xb2\xbc\xed\xb3\xbf"), "\xc3\xbc\\xff"},
        {STR("\xed\xb3\x83(\xed\xb3\x83"), "\\xc3(\\xc3"},
        {STR("\xed\xa0\x80"), "\\ud800"},
        {STR("\xed\xbf\xbf!"), "\\udfff!"},
        {STR("\xed\xb1\xbf"), "\\udc7f"},
        {STR("\xed\xb4\x80"), "\\udd00"},
        {STR("\xff\xed"), "\\xff\\xed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf shown = {0};
        utf8_restore(cases[i].held, &shown);
        assert_buf(&shown, cases[i].shown);
    }
}

static bool restore(void)
{
    struct buf shown = {0};
    utf8_restore(STR("\xed\xb3\x83\xed\xb2\xbc"), &shown);
    bool failed = shown.failed;
    buf_free(&shown);
    return failed;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(restore);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_are_measured_and_decoded),
        cmocka_unit_test(what_python_does_not_decode_is_refused),
        cmocka_unit_test(bytes_that_python_could_not_decode_come_back),
        cmocka_unit_test(running_out_of_memory_is_noticed),
        cmocka_unit_test(line_ends_and_terminal_codes_are_controls),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
