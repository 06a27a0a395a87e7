/* A record, split into log messages.
 *
 * Input: the size of a message, then the record. */

#include "fuzz.h"

#include "base/utf8.h"
#include "uwsgi/deliver/logparts.h"

#include <stdlib.h>

#define ID "00c0ffee00c0ffee"

static bool is_utf8(struct str text)
{
    while (text.len) {
        uint32_t code;
        size_t len = utf8_char(text, &code);
        if (!len)
            return false;
        text.data += len;
        text.len -= len;
    }
    return true;
}

static size_t number(struct str text)
{
    size_t value = 0;
    for (size_t i = 0; i < text.len && i < 5; i++)
        value = value * 10 + ((unsigned char)text.data[i] & 15);
    return value;
}

/* Removes the line "[id n/count]". Returns false if it is wrong. */
static bool take_header(struct str *message, unsigned part, unsigned count)
{
    struct buf header = {0};
    buf_printf(&header, "[" ID " %u/%u]\n", part, count);
    bool is_there = str_starts(*message, buf_str(&header));
    if (is_there)
        *message = (struct str){message->data + header.len, message->len - header.len};
    buf_free(&header);
    return is_there;
}

/* A body ends in a mark exactly if the record goes on in the same line. */
static void take_body(struct str body, struct str *rest)
{
    const struct str mark = STR("[" ID " ...]\n");
    bool marked = body.len >= mark.len &&
                  !memcmp(body.data + body.len - mark.len, mark.data, mark.len) &&
                  !str_starts(*rest, body);
    if (marked)
        body.len -= mark.len;
    CHECK(body.len && str_starts(*rest, body));
    *rest = (struct str){rest->data + body.len, rest->len - body.len};
    CHECK(marked == (rest->len && body.data[body.len - 1] != '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = fuzz_input(data, size);
    size_t most = number(fuzz_line(&input));
    struct str record = fuzz_copy(input.data ? input : STR("")), rest = record;
    bool valid = is_utf8(record);
    struct parts parts;
    struct buf message = {0};
    unsigned sent = 0;
    parts_init(&parts, ID, record, most);
    if (most < PARTS_LEAST_SIZE)
        most = PARTS_LEAST_SIZE;
    while (parts_next(&parts, &message)) {
        struct str body = buf_str(&message);
        CHECK(body.len <= most);
        CHECK(!valid || is_utf8(body));
        sent++;
        if (parts.count)
            CHECK(take_header(&body, sent, parts.count));
        take_body(body, &rest);
    }
    CHECK(!message.failed && rest.len == 0);
    CHECK(sent == (parts.count ? parts.count : record.len > 0));
    buf_free(&message);
    free((char *)record.data);
    return 0;
}
