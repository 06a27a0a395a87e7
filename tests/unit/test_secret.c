#include "support.h"

#include "options/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *refusal(const char *text)
{
    static char line[256];
    struct secret s = {.len = 3};
    struct buf error = {0};
    bool ok = secret_set(&s, str_from(text), &error);
    snprintf(line, sizeof line, "%s", ok ? "" : buf_cstr(&error));
    assert_int_equal(s.len, ok ? strlen(text) : 3);
    buf_free(&error);
    return line;
}

static void what_fits_everywhere_is_a_secret(void **state)
{
    (void)state;
    char longest[SECRET_BYTES_MOST + 2];
    memset(longest, 'x', sizeof longest);
    longest[SECRET_BYTES_MOST] = '\0';
    assert_string_equal(refusal("0"), "");
    assert_string_equal(refusal("ab+/=!#$&()*-.:<>?@[\\]^_`{|}~"), "");
    assert_string_equal(refusal(longest), "");
    longest[SECRET_BYTES_MOST] = 'x';
    longest[SECRET_BYTES_MOST + 1] = '\0';
    assert_string_equal(refusal(longest), "a secret of 129 bytes cannot be used");
    assert_string_equal(refusal(""), "a secret of 0 bytes cannot be used");
}

static void what_could_not_be_sent_is_none_and_is_not_told(void **state)
{
    (void)state;
    static const char bad[] = " \t\n,;%\"'\x7f\x80\xff\x01";
    for (const char *c = bad; *c; c++) {
        char text[] = "sesame-_-open";
        text[7] = *c;
        assert_string_equal(refusal(text), "a secret cannot hold the character at 8");
    }
}

static void zeros_follow_a_secret_that_takes_the_place_of_a_longer_one(void **state)
{
    (void)state;
    struct secret s = {0};
    struct buf error = {0};
    static const char zeros[SECRET_BYTES_MOST];
    assert_true(secret_set(&s, STR("0123456789abcdef"), &error));
    assert_true(secret_set(&s, STR("01234567"), &error));
    assert_memory_equal(s.bytes + 8, zeros, sizeof s.bytes - 8);
}

static char path[] = "/tmp/profiler-secret-XXXXXX";

static void write_file(struct str content, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.len, file), content.len);
    assert_int_equal(fchmod(fileno(file), mode), 0);
    fclose(file);
}

static void assert_read(struct str content, mode_t mode, enum secret_file expected,
                        const char *secret, const char *wrong)
{
    struct secret s = {0};
    struct buf error = {0};
    write_file(content, mode);
    assert_int_equal(secret_read(&s, path, &error), expected);
    assert_str(((struct str){s.bytes, s.len}), secret);
    assert_buf(&error, wrong);
}

static void a_file_holds_the_secret_alone(void **state)
{
    (void)state;
    assert_read(STR("0123456789"), 0600, SECRET_FILE_OK, "0123456789", "");
    assert_read(STR("0123456789\n"), 0400, SECRET_FILE_OK, "0123456789", "");
    assert_read(STR("0123456789 \t\r\n\n"), 0700, SECRET_FILE_OK, "0123456789", "");
    assert_read(STR(""), 0600, SECRET_FILE_BAD, "",
                "a secret of 0 bytes cannot be used");
    assert_read(STR("\n"), 0600, SECRET_FILE_BAD, "",
                "a secret of 0 bytes cannot be used");
    assert_read(STR("0123456789\n0123456789\n"), 0600, SECRET_FILE_BAD, "",
                "a secret cannot hold the character at 11");
    assert_read(STR(" 0123456789"), 0600, SECRET_FILE_BAD, "",
                "a secret cannot hold the character at 1");
    assert_read(STR("0123456789\0"), 0600, SECRET_FILE_BAD, "",
                "a secret cannot hold the character at 11");
}

static void a_file_that_others_can_read_or_change_is_told(void **state)
{
    (void)state;
    static const mode_t exposed[] = {0640, 0604, 0644, 0620, 0602, 0666};
    for (size_t i = 0; i < sizeof exposed / sizeof *exposed; i++)
        assert_read(STR("0123456789"), exposed[i], SECRET_FILE_EXPOSED, "0123456789",
                    "");
    assert_read(STR("0123456789"), 0611, SECRET_FILE_OK, "0123456789", "");
}

static void a_large_file_is_none(void **state)
{
    (void)state;
    struct buf large = {0};
    buf_fill(&large, 'x', 100000);
    write_file(buf_str(&large), 0600);
    buf_free(&large);
    struct secret s = {0};
    struct buf error = {0};
    assert_int_equal(secret_read(&s, path, &error), SECRET_FILE_BAD);
    assert_int_equal(s.len, 0);
    buf_free(&error);
}

static void what_stands_far_behind_the_secret_counts(void **state)
{
    (void)state;
    static const size_t blanks[] = {100, 186, 200, 5000};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        struct buf content = {0};
        buf_add_text(&content, "sesame");
        buf_fill(&content, '\n', blanks[i]);
        buf_add_text(&content, "another\n");
        write_file(buf_str(&content), 0600);
        buf_free(&content);
        struct secret s = {0};
        struct buf error = {0};
        assert_int_equal(secret_read(&s, path, &error), SECRET_FILE_BAD);
        assert_int_equal(s.len, 0);
        assert_true(error.len > 0);
        buf_free(&error);
    }
}

static void what_is_no_file_is_none_and_is_not_waited_for(void **state)
{
    (void)state;
    static const struct {
        const char *path, *wrong;
    } cases[] = {
        {"/nonexistent/secret", "No such file or directory"},
        {"/tmp", "not a file"},
        {"/dev/null", "not a file"},
        {"/dev/null/secret", "Not a directory"},
    };
    struct secret s = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf error = {0};
        assert_int_equal(secret_read(&s, cases[i].path, &error), SECRET_FILE_BAD);
        assert_buf(&error, cases[i].wrong);
    }
    struct buf error = {0};
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(secret_read(&s, path, &error), SECRET_FILE_BAD);
    assert_buf(&error, "not a file");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_everywhere_is_a_secret),
        cmocka_unit_test(what_could_not_be_sent_is_none_and_is_not_told),
        cmocka_unit_test(zeros_follow_a_secret_that_takes_the_place_of_a_longer_one),
        cmocka_unit_test(a_file_holds_the_secret_alone),
        cmocka_unit_test(a_file_that_others_can_read_or_change_is_told),
        cmocka_unit_test(a_large_file_is_none),
        cmocka_unit_test(what_stands_far_behind_the_secret_counts),
        cmocka_unit_test(what_is_no_file_is_none_and_is_not_waited_for),
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
