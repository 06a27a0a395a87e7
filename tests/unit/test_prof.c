#include "sample.h"

#include "report/export/prof.h"
#include "report/formats.h"

#include <stdlib.h>

static struct sample sample;

static void the_sample_is_written_as_marshal(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_true(prof_write(REPORT(&sample), &b));
    assert_golden(&b, "sample.prof");
}

static void an_empty_profile_is_an_empty_dict(void **state)
{
    (void)state;
    const struct profile empty = {.id = "0123456789abcdef"};
    const struct stats none = {0};
    struct buf b = {0};
    assert_true(prof_write(REPORT_OF(&empty, &none, LOG_TABLE), &b));
    assert_buf(&b, "{0\nprofile 0123456789abcdef\n");
}

/* Checks the first function's value after the key (file, line, name): "(", 5, cc,
 * nc. */
static void check_counts(uint64_t primitive, uint64_t calls, struct str expected)
{
    struct func_stats f = {.func = 0, .calls = calls, .primitive = primitive};
    const struct stats s = {.funcs = &f, .func_count = 1};
    struct buf b = {0};
    assert_true(prof_write(REPORT_OF(sample.profile, &s, LOG_TABLE), &b));
    const char key_end[] = "u\6\0\0\0search(\5\0\0\0";
    const char *at = memmem(b.data, b.len, key_end, sizeof key_end - 1);
    assert_non_null(at);
    assert_memory_equal(at + sizeof key_end - 1, expected.data, expected.len);
    buf_free(&b);
}

static void counts_above_31_bits_are_long_integers(void **state)
{
    (void)state;
    check_counts(0, INT32_MAX, STR("i\0\0\0\0i\xff\xff\xff\x7fg"));
    check_counts(1, UINT64_C(1) << 31, STR("i\1\0\0\0l\3\0\0\0\0\0\0\0\2\0g"));
    check_counts(UINT64_MAX, 0,
                 STR("l\5\0\0\0\xff\x7f\xff\x7f\xff\x7f\xff\x7f\x0f\0i\0\0\0\0g"));
}

static void formats_are_found_by_name(void **state)
{
    (void)state;
    const struct format *prof = format_find(&report_formats, STR("prof"));
    const struct format *txt = format_find(&report_formats, STR("txt"));
    assert_string_equal(prof->extension, ".prof");
    assert_string_equal(prof->mime, "application/octet-stream");
    assert_string_equal(txt->extension, ".txt");
    assert_string_equal(txt->mime, "text/plain; charset=utf-8");
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep_report(&sample, prof_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_written_as_marshal),
        cmocka_unit_test(an_empty_profile_is_an_empty_dict),
        cmocka_unit_test(counts_above_31_bits_are_long_integers),
        cmocka_unit_test(formats_are_found_by_name),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&sample);
    int failed = cmocka_run_group_tests_name("prof", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
