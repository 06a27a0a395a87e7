/* Reports with any functions and any request, in every text format.
 *
 * Input: a profile in the format of made.h. */

#include "fuzz.h"
#include "made.h"

#include "base/utf8.h"
#include "report/formats.h"
#include "store/index.h"
#include "report/text/logjson.h"
#include "report/text/record.h"

static struct str written(const struct format *format, const struct made *m,
                          struct buf *out)
{
    buf_free(out);
    CHECK(format->write(REPORT(m), out));
    return buf_str(out);
}

static struct str find(struct str text, const char *mark)
{
    const char *at = memmem(text.data, text.len, mark, strlen(mark));
    CHECK(at);
    at += strlen(mark);
    return (struct str){at, text.len - (size_t)(at - text.data)};
}

/* Returns the text after the mark, up to the next '<'. */
static struct str text_after(struct str page, const char *mark, const char *end)
{
    struct str rest = find(page, mark);
    const char *at = memchr(rest.data, '<', rest.len);
    CHECK(at);
    struct str text = {rest.data, (size_t)(at - rest.data)};
    CHECK(str_starts((struct str){at, rest.len - text.len}, str_from(end)));
    return text;
}

static void check_page(struct str page)
{
    struct str text = text_after(page, "<pre id=\"text\">", "</pre>\n");
    fuzz_check_text(text, true);
    CHECK(!memchr(text.data, '>', text.len));
    struct str data = text_after(
        page, "<script type=\"application/json\" id=\"profile\">", "</script>\n");
    fuzz_check_json(data);
}

/* The table shows names as pstats does, including control characters. */
static void check_table(struct str text)
{
    while (text.len) {
        uint32_t code;
        size_t len = utf8_char(text, &code);
        CHECK(len > 0);
        text.data += len;
        text.len -= len;
    }
}

static void check_format(const struct format *format, const struct made *m)
{
    struct buf out = {0};
    struct str text = written(format, m, &out);
    if (!strcmp(format->name, "html")) {
        check_page(text);
    } else if (!strcmp(format->name, "txt")) {
        check_table(text);
    } else if (!strcmp(format->name, "folded")) {
        fuzz_check_text(text, true);
    } else if (!strcmp(format->mime, "application/json")) {
        fuzz_check_json(text);
        CHECK(!memchr(text.data, '<', text.len));
    }
    buf_free(&out);
}

static void check_index(const struct made *m)
{
    const struct str files[] = {m->profile->path, STR("a.prof")};
    struct buf line = {0};
    CHECK(index_line(m->profile, files, 2, 7, &line));
    CHECK(memchr(line.data, '\n', line.len) == line.data + line.len - 1);
    fuzz_check_json(buf_str(&line));
    buf_free(&line);
}

static void check_log_line(struct made *m)
{
    struct buf record = {0};
    m->choice.log_style = LOG_LINE;
    CHECK(record_write(REPORT(m), NULL, 0, false, &record));
    CHECK(memchr(record.data, '\n', record.len) == record.data + record.len - 1);
    buf_free(&record);
}

/* The line must fit into one log message, whatever the texts are. */
static void check_log_json(struct made *m)
{
    const struct str files[] = {m->profile->path, STR("a.prof"), m->profile->method};
    struct buf line = {0};
    m->choice.log_style = LOG_JSON;
    CHECK(record_write(REPORT(m), files, 3, false, &line));
    CHECK(line.len <= LOGJSON_BYTES_MAX);
    CHECK(memchr(line.data, '\n', line.len) == line.data + line.len - 1);
    fuzz_check_json(buf_str(&line));
    buf_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size);
    struct made made;
    made_from(&made, &rest);
    for (size_t i = 0; i < report_formats.count; i++)
        if (strcmp(report_formats.formats[i].name, "prof"))
            check_format(&report_formats.formats[i], &made);
    check_index(&made);
    check_log_line(&made);
    check_log_json(&made);
    made_free(&made);
    return 0;
}
