/* A strict JSON parser that keeps no values: recursive descent, by RFC 8259. */

#include "fuzz.h"

#define DEPTH_MAX 5000

struct reader {
    const char *at, *end;
    unsigned depth;
};

static void read_value(struct reader *r);

static char peek(const struct reader *r)
{
    return r->at < r->end ? *r->at : '\0';
}

static bool take(struct reader *r, char c)
{
    if (peek(r) != c || r->at == r->end)
        return false;
    r->at++;
    return true;
}

static void skip_blanks(struct reader *r)
{
    while (take(r, ' ') || take(r, '\n') || take(r, '\t') || take(r, '\r'))
        ;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static void read_escape(struct reader *r)
{
    char c = peek(r);
    CHECK(c && strchr("\"\\/bfnrtu", c));
    r->at++;
    for (int i = 0; c == 'u' && i < 4; i++) {
        CHECK(is_hex(peek(r)));
        r->at++;
    }
}

static void read_string(struct reader *r)
{
    CHECK(take(r, '"'));
    while (!take(r, '"')) {
        CHECK(r->at < r->end && (unsigned char)*r->at >= ' ');
        if (*r->at++ == '\\')
            read_escape(r);
    }
}

static size_t read_digits(struct reader *r)
{
    size_t count = 0;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++, count++;
    return count;
}

static void read_number(struct reader *r)
{
    take(r, '-');
    bool zero = peek(r) == '0';
    size_t whole = read_digits(r);
    CHECK(whole > 0 && (!zero || whole == 1));
    if (take(r, '.'))
        CHECK(read_digits(r) > 0);
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+'))
            take(r, '-');
        CHECK(read_digits(r) > 0);
    }
}

static void read_word(struct reader *r, struct str word)
{
    CHECK(str_starts((struct str){r->at, (size_t)(r->end - r->at)}, word));
    r->at += word.len;
}

static void read_members(struct reader *r, char close, bool named)
{
    r->at++;
    skip_blanks(r);
    if (take(r, close))
        return;
    do {
        skip_blanks(r);
        if (named) {
            read_string(r);
            skip_blanks(r);
            CHECK(take(r, ':'));
        }
        read_value(r);
    } while (take(r, ','));
    CHECK(take(r, close));
}

static void read_value(struct reader *r)
{
    CHECK(++r->depth < DEPTH_MAX);
    skip_blanks(r);
    switch (peek(r)) {
    case '{':
        read_members(r, '}', true);
        break;
    case '[':
        read_members(r, ']', false);
        break;
    case '"':
        read_string(r);
        break;
    case 't':
        read_word(r, STR("true"));
        break;
    case 'f':
        read_word(r, STR("false"));
        break;
    case 'n':
        read_word(r, STR("null"));
        break;
    default:
        read_number(r);
    }
    skip_blanks(r);
    r->depth--;
}

void fuzz_check_json(struct str text)
{
    struct reader r = {text.data, text.data + text.len, 0};
    fuzz_check_text(text, true);
    read_value(&r);
    CHECK(r.at == r.end);
}
