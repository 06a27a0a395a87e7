#include "sample.h"

#include "report/common/jsonread.h"
#include "store/index.h"
#include "store/indexrow.h"

#define ID "00c0ffee00c0ffee"
#define START "{\"id\":\"" ID "\",\"files\":[\"a.prof\"]"

static struct sample sample;

static void a_line_of_ours_is_read_and_written_as_it_is(void **state)
{
    (void)state;
    const struct str files[] = {STR("gr\xc3\xb6\xc3\x9f.prof"), STR("a.json")};
    struct buf line = {0}, again = {0};
    struct index_row row = {0};
    strcpy(sample.profile->id, ID);
    assert_true(index_line(sample.profile, files, 2, 4711, &line));
    assert_true(indexrow_read(&row, (struct str){line.data, line.len - 1}));
    assert_str(row.id, ID);
    assert_int_equal(row.files.count, 2);
    assert_true(row.bytes == 4711);
    indexrow_write(&row, &again);
    buf_add_text(&again, "}\n");
    assert_string_equal(buf_cstr(&again), buf_cstr(&line));
    /* none of its beginnings is a line */
    for (size_t len = 0; len + 1 < line.len; len++)
        assert_false(indexrow_read(&row, (struct str){line.data, len}));
    buf_free(&line);
    buf_free(&again);
    indexrow_free(&row);
}

/* Line, and the row that is written from it; NULL: it is not read. */
static const struct {
    const char *line, *row;
} lines[] = {
    {START "}",
     "{\"id\":\"" ID "\",\"time\":null,\"method\":null,\"path\":null,\"query\":null,"
     "\"status\":null,\"elapsed_ms\":null,\"mode\":null,\"exception\":null,"
     "\"notices\":[],\"cpu_ms\":null,\"wait_ms\":null,\"worker\":null,"
     "\"route\":null,\"files\":[\"a.prof\"],\"bytes\":null"},
    {" { \"route\" : \"/\\u003c\\\"\\ud83d\\udc0d\" , \"files\" : [ ] , \"x\" : "
     "{\"a\":[{\"id\":1}]} , \"worker\" : 1.2e1 , \"time\":1.5, \"id\":\"" ID "\" } ",
     "{\"id\":\"" ID
     "\",\"time\":1.500000,\"method\":null,\"path\":null,\"query\":null,"
     "\"status\":null,\"elapsed_ms\":null,\"mode\":null,\"exception\":null,"
     "\"notices\":[],\"cpu_ms\":null,\"wait_ms\":null,\"worker\":12,"
     "\"route\":\"/\\u003c\\\"\xf0\x9f\x90\x8d\",\"files\":[],\"bytes\":null"},
    {START ",\"path\":\"a\xff\\u0000\",\"query\":\"\",\"notices\":[\"time\",\"x\"],"
           "\"elapsed_ms\":12.3456,\"cpu_ms\":0,\"exception\":null}",
     "{\"id\":\"" ID
     "\",\"time\":null,\"method\":null,\"path\":\"a\xef\xbf\xbd\\u0000\","
     "\"query\":\"\","
     "\"status\":null,\"elapsed_ms\":12.346,\"mode\":null,\"exception\":null,"
     "\"notices\":[\"time\",\"x\"],\"cpu_ms\":0.000,\"wait_ms\":null,"
     "\"worker\":null,\"route\":null,\"files\":[\"a.prof\"],\"bytes\":null"},
    {"", NULL},
    {"{}", NULL},
    {"[]", NULL},
    {START, NULL},
    {START "}}", NULL},
    {START "} {}", NULL},
    {START ",}", NULL},
    {"{\"files\":[\"a.prof\"]}", NULL},
    {"{\"id\":\"" ID "\"}", NULL},
    {"{\"id\":\"" ID "\",\"files\":null}", NULL},
    {"{\"id\":null,\"files\":[\"a.prof\"]}", NULL},
    {"{\"id\":\"00C0ffee00c0ffee\",\"files\":[\"a.prof\"]}", NULL},
    {"{\"id\":\"00c0ffee00c0ffe\",\"files\":[\"a.prof\"]}", NULL},
    {"{\"id\":\"00c0ffee00c0ffee0\",\"files\":[\"a.prof\"]}", NULL},
    {"{\"id\":\"" ID "\",\"files\":[\"../a.prof\"]}", NULL},
    {"{\"id\":\"" ID "\",\"files\":[\"a.prof\",\".b.prof\"]}", NULL},
    {"{\"id\":\"" ID "\",\"files\":[\"a\\u0000.prof\"]}", NULL},
    {"{\"id\":\"" ID "\",\"files\":[\"index.jsonl\"]}", NULL},
    {START ",\"id\":\"" ID "\"}", NULL},
    {START ",\"path\":null,\"path\":\"/\"}", NULL},
    {START ",\"path\":5}", NULL},
    {START ",\"path\":\"\\ud83d\"}", NULL},
    {START ",\"path\":\"\\udc0d\\ud83d\"}", NULL},
    {START ",\"path\":\"a\tb\"}", NULL},
    {START ",\"status\":\"200\"}", NULL},
    {START ",\"status\":200.5}", NULL},
    {START ",\"status\":-1}", NULL},
    {START ",\"bytes\":1000000000000}", NULL},
    {START ",\"time\":-0.5}", NULL},
    {START ",\"time\":1e10}", NULL},
    {START ",\"elapsed_ms\":1e999}", NULL},
    {START ",\"elapsed_ms\":NaN}", NULL},
    {START ",\"elapsed_ms\":1.}", NULL},
    {START ",\"elapsed_ms\":.5}", NULL},
    {START ",\"elapsed_ms\":01}", NULL},
    {START ",\"elapsed_ms\":0x1}", NULL},
    {START ",\"notices\":{}}", NULL},
    {START ",\"notices\":[\"a\\u0000b\"]}", NULL},
    {START ",\"notices\":[1]}", NULL},
    {START ",\"x\":[1}", NULL},
};

static void every_member_is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct index_row row = {0};
        struct buf b = {0};
        bool ok = indexrow_read(&row, str_from(lines[i].line));
        if (ok != (lines[i].row != NULL))
            fail_msg("%s: %s", ok ? "was read" : "was not read", lines[i].line);
        if (ok) {
            indexrow_write(&row, &b);
            assert_string_equal(buf_cstr(&b), lines[i].row);
        }
        buf_free(&b);
        indexrow_free(&row);
    }
}

static void a_row_keeps_no_view_of_its_line(void **state)
{
    (void)state;
    struct index_row row = {0};
    char line[] = START ",\"path\":\"/a\"}";
    assert_true(indexrow_read(&row, STR(START ",\"path\":\"/before\",\"worker\":3}")));
    assert_true(indexrow_read(&row, str_from(line)));
    memset(line, 'x', sizeof line);
    assert_str(row.path, "/a");
    assert_string_equal(json_next_name(row.files.text, NULL), "a.prof");
    assert_true(row.worker == ROW_NONE); /* nothing stays of the line before */
    indexrow_free(&row);
}

static void a_line_of_a_megabyte_is_read(void **state)
{
    (void)state;
    struct buf line = {0};
    struct index_row row = {0};
    buf_add_text(&line, START ",\"query\":\"");
    for (int i = 0; i < 100000; i++)
        buf_add_text(&line, "\\u00e4abcd");
    buf_add_text(&line, "\"}");
    assert_true(indexrow_read(&row, buf_str(&line)));
    assert_int_equal(row.query.len, 600000);
    assert_memory_equal(row.query.data + 599994,
                        "\xc3\xa4"
                        "abcd",
                        6);
    buf_free(&line);
    indexrow_free(&row);
}

static bool read_one(void)
{
    struct index_row row = {0};
    bool ok =
        indexrow_read(&row, STR(START ",\"path\":\"/a\",\"notices\":[\"time\"]}"));
    assert_int_equal(!ok, row.text.failed);
    indexrow_free(&row);
    return !ok;
}

static void running_out_of_memory_is_noticed(void **state)
{
    (void)state;
    oom_sweep(read_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_ours_is_read_and_written_as_it_is),
        cmocka_unit_test(every_member_is_checked),
        cmocka_unit_test(a_row_keeps_no_view_of_its_line),
        cmocka_unit_test(a_line_of_a_megabyte_is_read),
        cmocka_unit_test(running_out_of_memory_is_noticed),
    };
    sample_make(&sample);
    int failed = cmocka_run_group_tests_name("indexrow", tests, NULL, NULL);
    sample_free(&sample);
    return failed;
}
