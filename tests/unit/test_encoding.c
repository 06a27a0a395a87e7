#include "support.h"

#include "report/page/encoding.h"

/* Decodes these bytes, and returns the first line that contains an x. */
static bool decode_x(const char *bytes, size_t len, struct buf *out)
{
    struct str text = {bytes, len}, line;
    struct encoding e = encoding_open(&text);
    bool all = false;
    while (encoding_next_line(&text, &line))
        if (memchr(line.data, 'x', line.len)) {
            all = encoding_decode(&e, line, false, out);
            break;
        }
    encoding_close(&e);
    return all;
}

struct decoded {
    struct str file;
    const char *shown;
    bool all;
};

static void check(const struct decoded *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf out = {0};
        bool all = decode_x(cases[i].file.data, cases[i].file.len, &out);
        if (all != cases[i].all)
            fail_msg("case %zu: %s", i, buf_cstr(&out));
        assert_buf(&out, cases[i].shown);
    }
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof *(cases))
#define X "x\xe4\n"

static void a_comment_says_the_encoding(void **state)
{
    (void)state;
    static const struct decoded cases[] = {
        {STR("x\xc3\xa4"), "xä", true},
        {STR(X), "x\\xe4", false},
        {STR("# coding: latin-1\n" X), "xä", true},
        {STR("# -*- coding: latin-1 -*-\n" X), "xä", true},
        {STR("# vim: set fileencoding=latin1 :\n" X), "xä", true},
        {STR("#coding=Latin_1\r\n" X), "xä", true},
        {STR(" \t\f# coding:\t iso8859-1\r" X), "xä", true},
        {STR("#!/usr/bin/python\n# coding: l1\n" X), "xä", true},
        {STR("\n# coding: iso-8859-1\n" X), "xä", true},
        {STR("# encoding is not said\n# coding:utf8\nx\xc3\xa4"), "xä", true},
        {STR("# coding coding: latin1\n" X), "xä", true},
        {STR("x = 1 # coding: latin1\n"), "x = 1 # coding: latin1", true},
        {STR("pass\n# coding: latin1\n" X), "x\\xe4", false},
        {STR("\n\n# coding: latin1\n" X), "x\\xe4", false},
        {STR("# coding : latin1\n" X), "x\\xe4", false},
        {STR("# coding:\n" X), "x\\xe4", false},
        {STR("# codin: latin1\n" X), "x\\xe4", false},
        {STR("\xef\xbb\xbf# coding: latin1\nx\xc3\xa4"), "xä", true},
        {STR("\xef\xbb\xbfx\xc3\xa4"), "xä", true},
        {STR("# coding: latin1"), "", false},
        {STR(""), "", false},
    };
    CHECK(cases);
}

static void names_are_pythons(void **state)
{
    (void)state;
    static const struct decoded cases[] = {
        {STR("# coding: utf-8-sig\nx\xc3\xa4"), "xä", true},
        {STR("# coding: UTF_8\nx\xc3\xa4"), "xä", true},
        {STR("# coding: cp1252\nx\x80"), "x€", true},
        {STR("# coding: windows-1252\nx\x80"), "x€", true},
        {STR("# coding: 1252\nx\x80"), "x€", true},
        {STR("# coding: iso8859_15\nx\xa4"), "x€", true},
        {STR("# coding: latin-9\nx\xa4"), "x€", true},
        {STR("# coding: koi8_r\nx\xc1"), "xа", true},
        {STR("# coding: mac_roman\nx\x8a"), "xä", true},
        {STR("# coding: shift_jis\nx\x83\x5c"), "xソ", true},
        {STR("# coding: euc_jp\nx\xa5\xbd"), "xソ", true},
        {STR("# coding: gbk\nx\xc4\xe3"), "x你", true},
        {STR("# coding: iso2022_jp\nx\x1b$B%=\x1b(B"), "xソ", true},
    };
    CHECK(cases);
}

static void what_cannot_be_decoded_is_escaped(void **state)
{
    (void)state;
    static const struct decoded cases[] = {
        {STR("# coding: nonsense\nx\xc3\xa4\xff"), "x\\xc3\\xa4\\xff", false},
        {STR("# coding: nonsense\nx\t\f"), "x\t\f", true},
        {STR("# coding: nonsense\nx\x1b$B"), "x\\x1b$B", false},
        {STR("x\x1b\xc2\x85"), "x\x1b\xc2\x85", true}, /* UTF-8: unchanged */
        {STR("# coding: ascii\nx\xe4y"), "x\\xe4y", false},
        {STR("# coding: cp1252\nx\x81y"), "x\\x81y", false},
        {STR("# coding: shift_jis\nx\x83"), "x\\x83", false},
        {STR("x\xed\xa0\x80"), "x\\xed\\xa0\\x80", false},
        {STR("# coding: "
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aa"
             "\nx\xff"),
         "x\\xff", false},
        {STR("# coding: ...\nx\xff"), "x\\xff", false},
    };
    CHECK(cases);
}

static void a_line_that_is_cut_may_end_within_a_character(void **state)
{
    (void)state;
    static const struct {
        const char *coding;
        struct str line;
    } cases[] = {
        {"utf-8", STR("x\xe2\x82")},
        {"shift_jis", STR("x\x83")},
        {"gb18030", STR("x\x81\x30\x81")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf file = {0}, out = {0};
        buf_printf(&file, "# coding: %s\n", cases[i].coding);
        struct str text = buf_str(&file);
        struct encoding e = encoding_open(&text);
        assert_true(encoding_decode(&e, cases[i].line, true, &out));
        assert_buf(&out, "x");
        encoding_close(&e);
        buf_free(&file);
    }
}

static void long_lines_are_decoded_in_pieces(void **state)
{
    (void)state;
    struct buf file = {0}, expected = {0}, out = {0};
    buf_add_text(&file, "# coding: latin1\nx");
    buf_add_text(&expected, "x");
    for (int i = 0; i < 5000; i++) {
        buf_add_char(&file, '\xe4');
        buf_add_text(&expected, "ä");
    }
    assert_true(decode_x(file.data, file.len, &out));
    assert_buf(&out, buf_cstr(&expected));
    buf_free(&file);
    buf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comment_says_the_encoding),
        cmocka_unit_test(names_are_pythons),
        cmocka_unit_test(what_cannot_be_decoded_is_escaped),
        cmocka_unit_test(a_line_that_is_cut_may_end_within_a_character),
        cmocka_unit_test(long_lines_are_decoded_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
