#include "encoding.h"

#include "base/utf8.h"

#include <errno.h>

#define UNKNOWN ((iconv_t)-1)
#define NAME_BYTES 40

/* ---------------------------------------------------------- which encoding */

bool encoding_next_line(struct str *rest, struct str *line)
{
    size_t len = 0;
    if (rest->len == 0)
        return false;
    while (len < rest->len && rest->data[len] != '\n' && rest->data[len] != '\r')
        len++;
    *line = (struct str){rest->data, len};
    if (len + 1 < rest->len && rest->data[len] == '\r' && rest->data[len + 1] == '\n')
        len++;
    if (len < rest->len)
        len++;
    *rest = (struct str){rest->data + len, rest->len - len};
    return true;
}

/* The line without the blanks at its beginning. */
static struct str unindented(struct str line)
{
    while (line.len && memchr(" \t\f", *line.data, 3))
        line = (struct str){line.data + 1, line.len - 1};
    return line;
}

static bool is_name_char(char c)
{
    c = str_lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

/* Returns "latin-1" for "# -*- coding: latin-1 -*-". As in Python, the first "coding"
 * counts that is followed by a colon or an equals sign, and by a name. */
static struct str declared_in(struct str line)
{
    const struct str word = STR("coding");
    line = unindented(line);
    if (!line.len || *line.data != '#')
        return (struct str){NULL, 0};
    for (; line.len > word.len; line = (struct str){line.data + 1, line.len - 1}) {
        struct str name = {line.data + word.len + 1, line.len - word.len - 1};
        if (!str_starts(line, word) || !memchr(":=", name.data[-1], 2))
            continue;
        name = str_trim(name);
        size_t len = 0;
        while (len < name.len && is_name_char(name.data[len]))
            len++;
        if (len)
            return (struct str){name.data, len};
    }
    return (struct str){NULL, 0};
}

/* The second line counts only if the first contains no code. */
static struct str declared(struct str text)
{
    struct str first = {"", 0}, second = {"", 0};
    encoding_next_line(&text, &first);
    encoding_next_line(&text, &second);
    struct str name = declared_in(first);
    first = unindented(first);
    if (!name.data && (!first.len || *first.data == '#'))
        name = declared_in(second);
    return name;
}

/* ------------------------------------------------------- Python's and iconv's */

/* Python's names and aliases, without separators, that iconv calls differently. Empty:
 * UTF-8. */
static const struct {
    const char *python, *iconv;
} others[] = {
    {"utf8", ""},
    {"utf8sig", ""},
    {"u8", ""},
    {"utf", ""},
    {"cp65001", ""},
    {"8859", "ISO-8859-1"},
    {"88591", "ISO-8859-1"},
    {"latin", "ISO-8859-1"},
    {"latin1", "ISO-8859-1"},
    {"isolatin1", "ISO-8859-1"},
    {"latin9", "ISO-8859-15"},
    {"l9", "ISO-8859-15"},
    {"646", "ASCII"},
    {"ascii", "ASCII"},
    {"usascii", "ASCII"},
    {"macroman", "MACINTOSH"},
    {"maciceland", "MAC-IS"},
    {"maclatin2", "MAC-CENTRALEUROPE"},
    {"maccentraleurope", "MAC-CENTRALEUROPE"},
    {"maccyrillic", "MAC-CYRILLIC"},
    {"ptcp154", "PT154"},
    {"kz1048", "RK1048"},
    {"strk10482002", "RK1048"},
    {"ms932", "CP932"},
    {"mskanji", "CP932"},
    {"ms949", "CP949"},
    {"ms936", "GBK"},
    {"ms950", "CP950"},
    {"eucjis2004", "EUC-JISX0213"},
    {"jisx0213", "EUC-JISX0213"},
    {"shiftjis2004", "SHIFT_JISX0213"},
    {"sjis2004", "SHIFT_JISX0213"},
    {"sjisx0213", "SHIFT_JISX0213"},
    {"iso2022jp1", "ISO-2022-JP-2"},
    {"iso2022jp2004", "ISO-2022-JP-3"},
    {"iso2022jp3", "ISO-2022-JP-3"},
    {"iso2022jpext", "ISO-2022-JP-2"},
    {"ujis", "EUC-JP"},
    {"korean", "EUC-KR"},
    {"euccn", "GB2312"},
    {"chinese", "GB2312"},
    {"iso885911", "TIS-620"},
    {"thai", "TIS-620"},
};

/* Writes the name in lower case. separator replaces each separator; '\0' removes
 * them. */
static void spell(char spelt[NAME_BYTES], struct str name, char separator)
{
    size_t len = 0;
    for (size_t i = 0; i < name.len && len < NAME_BYTES - 1; i++) {
        char c = str_lower(name.data[i]);
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_word || separator)
            spelt[len++] = is_word ? c : separator;
    }
    spelt[len] = '\0';
}

static const char *other_name(const char *spelt)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(others[i].python, spelt))
            return others[i].iconv;
    return NULL;
}

static struct encoding open_table(const char *name)
{
    return (struct encoding){false, iconv_open("UTF-8", name)};
}

static struct encoding open_named(struct str name)
{
    static const char separators[] = {'-', '_', '\0'};
    char spelt[NAME_BYTES];
    spell(spelt, name, '\0');
    const char *other = other_name(spelt);
    if (other && !*other)
        return (struct encoding){true, UNKNOWN};
    struct encoding e = {false, UNKNOWN};
    if (other)
        e = open_table(other);
    for (size_t i = 0; e.table == UNKNOWN && i < sizeof separators; i++) {
        spell(spelt, name, separators[i]);
        e = open_table(spelt);
    }
    if (e.table == UNKNOWN) { /* "1252" */
        char numbered[NAME_BYTES + 2] = "cp";
        memcpy(numbered + 2, spelt, sizeof spelt);
        e = open_table(numbered);
    }
    return e;
}

struct encoding encoding_open(struct str *text)
{
    const struct str mark = STR("\xef\xbb\xbf");
    struct str name = declared(*text);
    if (str_starts(*text, mark)) {
        *text = (struct str){text->data + mark.len, text->len - mark.len};
        name.data = NULL;
    }
    return name.data ? open_named(name) : (struct encoding){true, UNKNOWN};
}

void encoding_close(struct encoding *e)
{
    if (e->table != UNKNOWN)
        iconv_close(e->table);
    e->table = UNKNOWN;
}

/* ------------------------------------------------------------------ decoding */

static void add_byte(char byte, struct buf *out)
{
    buf_printf(out, "\\x%02x", (unsigned)(unsigned char)byte);
}

/* True for control characters that may switch an unknown encoding to another character
 * set. */
static bool is_shift(uint32_t code)
{
    return code < ' ' && code != '\t' && code != '\f';
}

/* Appends the line without a table: as UTF-8, or only ASCII if the encoding is not
 * known. Other bytes become \xNN. */
static bool add_plain(struct str line, bool utf8, bool cut, struct buf *out)
{
    bool all = true;
    while (line.len) {
        uint32_t code;
        size_t len = utf8_char(line, &code);
        if (len && (utf8 || (len == 1 && !is_shift(code)))) {
            buf_add(out, line.data, len);
        } else if (cut && line.len < 4) {
            break;
        } else {
            add_byte(*line.data, out);
            all = false;
            len = 1;
        }
        line = (struct str){line.data + len, line.len - len};
    }
    return all;
}

static bool add_table(iconv_t table, struct str line, bool cut, struct buf *out)
{
    bool all = true;
    char *from = (char *)line.data;
    size_t left = line.len;
    iconv(table, NULL, NULL, NULL, NULL); /* each line starts in the initial state */
    while (left) {
        char chunk[256], *to = chunk;
        size_t room = sizeof chunk;
        size_t done = iconv(table, &from, &left, &to, &room);
        int why = done == (size_t)-1 ? errno : 0;
        buf_add(out, chunk, sizeof chunk - room);
        if (!why || (why == EINVAL && cut))
            break;
        if (why == E2BIG)
            continue;
        add_byte(*from, out);
        all = false;
        from++, left--;
    }
    return all;
}

bool encoding_decode(struct encoding *e, struct str line, bool cut, struct buf *out)
{
    if (e->utf8 || e->table == UNKNOWN)
        return add_plain(line, e->utf8, cut, out);
    return add_table(e->table, line, cut, out);
}
