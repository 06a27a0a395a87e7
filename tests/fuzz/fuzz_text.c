/* Functions that make any text safe for JSON, a log line and a report.
 *
 * Input: the text. */

#include "fuzz.h"

#include "base/pytext.h"
#include "base/utf8.h"
#include "report/common/json.h"
#include "report/common/safetext.h"
#include "report/page/strings.h"

static unsigned hex(const char *digits)
{
    static const char all[] = "0123456789abcdef";
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value * 16 + (unsigned)(strchr(all, digits[i]) - all);
    return value;
}

/* Decodes a JSON string. All its escapes are below U+0800, except U+2028 and U+2029. */
static void decode(struct str json, struct buf *out)
{
    for (size_t i = 1; i + 1 < json.len; i++) {
        if (json.data[i] != '\\') {
            buf_add_char(out, json.data[i]);
        } else if (json.data[++i] == 'u') {
            unsigned code = hex(json.data + i + 1);
            i += 4;
            if (code >= 0x800)
                buf_add_char(out, (char)(0xe0 | code >> 12));
            if (code >= 0x80)
                buf_add_char(out, code < 0x800 ? (char)(0xc0 | code >> 6)
                                               : (char)(0x80 | (code >> 6 & 63)));
            buf_add_char(out, code < 0x80 ? (char)code : (char)(0x80 | (code & 63)));
        } else {
            buf_add_char(out, json.data[i] == 'n' ? '\n' : json.data[i]);
        }
    }
}

/* Replaces each byte that is not UTF-8 by U+FFFD. */
static void replace_invalid(struct str text, struct buf *out)
{
    while (text.len) {
        uint32_t code;
        size_t len = utf8_char(text, &code);
        buf_add_str(out, len ? (struct str){text.data, len} : STR("\xef\xbf\xbd"));
        text.data += len ? len : 1;
        text.len -= len ? len : 1;
    }
}

static void check_json_string(struct str text)
{
    struct buf json = {0}, decoded = {0}, expected = {0};
    json_string(&json, text);
    fuzz_check_json(buf_str(&json));
    fuzz_check_text(buf_str(&json), false);
    CHECK(!memchr(json.data, '<', json.len));
    decode(buf_str(&json), &decoded);
    replace_invalid(text, &expected);
    CHECK(str_equal(buf_str(&decoded), buf_str(&expected)));
    buf_free(&json);
    buf_free(&decoded);
    buf_free(&expected);
}

static void check_safe_texts(struct str text)
{
    struct buf b = {0};
    safetext_add(&b, text);
    fuzz_check_text(buf_str(&b), false);
    char line[64];
    size_t len = safetext_line(line, sizeof line, text);
    CHECK(len < sizeof line && line[len] == '\0');
    fuzz_check_text((struct str){line, len}, false);
    b.len = 0;
    safetext_add_plain(&b, text);
    fuzz_check_text(buf_str(&b), false);
    b.len = 0;
    safetext_add_method(&b, text);
    CHECK(b.len > 0);
    fuzz_check_text(buf_str(&b), false);
    b.len = 0;
    pytext_repr(&b, text);
    CHECK(b.len >= 2 && b.data[0] == b.data[b.len - 1]);
    fuzz_check_text(buf_str(&b), false);
    b.len = 0;
    buf_add_quoted(&b, text);
    fuzz_check_message(buf_str(&b));
    buf_free(&b);
}

/* A string table of all lines must have as many texts as there are different lines. */
static void check_strings(struct str text)
{
    struct strings table = {0};
    for (int lines = 0; text.len && lines < 100; lines++) {
        struct str line = fuzz_line(&text);
        uint32_t number = strings_add(&table, line);
        CHECK(number < table.count);
        CHECK(strings_add(&table, line) == number);
    }
    struct buf array = {0};
    buf_add_char(&array, '[');
    buf_add_str(&array, buf_str(&table.json));
    buf_add_char(&array, ']');
    fuzz_check_json(buf_str(&array));
    buf_free(&array);
    strings_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_input(data, size);
    check_json_string(text);
    check_safe_texts(text);
    check_strings(text);
    return 0;
}
