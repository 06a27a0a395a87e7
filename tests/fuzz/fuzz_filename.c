/* profiler-filename-format, and the names that it makes of any request.
 *
 * Input: three lines: the format, the method, the path. */

#include "fuzz.h"

static struct filename_facts facts_of(struct str method, struct str path)
{
    uint64_t number = fuzz_hash(path);
    return (struct filename_facts){
        .method = method,
        .path = path,
        .id = STR("00c0ffee00c0ffee"),
        .mode = STR("sampling"),
        .elapsed_ms = (double)(number >> (number & 63)) / 1e6,
        .time_s = (double)(int64_t)number / 1e6,
        .status = (int)(number & 1023),
        .pid = (int)(number >> 32),
        .worker = (int)number,
    };
}

static void check_name(const struct filename_format *f,
                       const struct filename_facts *facts, size_t reserve)
{
    struct buf name = {0};
    filename_make(f, facts, reserve, &name);
    CHECK(!name.failed);
    CHECK(name.len > 0 && name.len + reserve <= FILENAME_MAX_BYTES);
    CHECK(!memchr(name.data, '/', name.len) && !memchr(name.data, 0, name.len));
    CHECK(name.data[0] != '.');
    for (size_t i = 0; i < name.len; i++)
        CHECK((unsigned char)name.data[i] >= ' ' && name.data[i] != 0x7f);
    struct buf marked = {0}; /* file systems do not treat U+2028 as a line end */
    for (size_t i = 0; i < name.len; i++) {
        bool line_end = i + 2 < name.len && !memcmp(name.data + i, "\xe2\x80", 2) &&
                        ((unsigned char)name.data[i + 2] | 1) == 0xa9;
        buf_add_char(&marked, line_end ? '?' : name.data[i]);
        i += line_end ? 2 : 0;
    }
    fuzz_check_text(buf_str(&marked), false);
    buf_free(&marked);
    buf_free(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size);
    struct str text = fuzz_line(&rest), method = fuzz_line(&rest);
    struct filename_format format;
    struct buf error = {0};
    struct filename_facts facts = facts_of(method, rest.data ? rest : STR(""));
    if (filename_parse(&format, text, &error)) {
        static const size_t reserves[] = {0, 12, 31, 200};
        CHECK(error.len == 0);
        for (size_t i = 0; i < sizeof reserves / sizeof *reserves; i++)
            check_name(&format, &facts, reserves[i]);
        filename_free(&format);
    } else {
        fuzz_check_message(buf_str(&error));
    }
    buf_free(&error);
    return 0;
}
