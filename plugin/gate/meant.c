#include "meant.h"

#include "flag.h"
#include "proofwords.h"
#include "base/similar.h"
#include "base/values.h"

/* A misspelt mode still begins like one: "sample", "determ". */
#define MODE_BEGINS 4

struct meaning {
    const struct config *config;
    struct buf text;    /* the guessed words */
    struct str unknown; /* the first word that resembles none */
    bool company; /* has a word of a flag other than "on" or "1", which apps use, too */
};

/* Flags use commas; these characters are accepted as commas here. */
static bool is_separator(char c)
{
    return c == ',' || c == ';' || c == '|' || c == ' ' || c == '\t';
}

static bool next_piece(struct str *rest, struct str *piece)
{
    while (rest->len && is_separator(*rest->data)) {
        rest->data++;
        rest->len--;
    }
    *piece = (struct str){rest->data, 0};
    while (piece->len < rest->len && !is_separator(rest->data[piece->len]))
        piece->len++;
    rest->data += piece->len;
    rest->len -= piece->len;
    return piece->len > 0;
}

static bool is_switch(struct str piece)
{
    static const char *const words[] = {"0",  "1",   "on",   "off",
                                        "no", "yes", "true", "false"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal_nocase(piece, str_from(words[i])))
            return true;
    return false;
}

static void add_word(struct meaning *m, struct str name, struct str argument)
{
    if (m->text.len)
        buf_add_char(&m->text, ',');
    buf_add_str(&m->text, name);
    buf_add_str(&m->text, argument);
}

/* Most pieces resemble no word, since apps use our parameters' names, too. So check
 * cheap facts first, lengths and first bytes: after one typing error, at least one of
 * the first two bytes is still among the first two. */
static bool may_resemble(struct str piece, struct str word, size_t enough)
{
    size_t longer = piece.len > word.len ? piece.len : word.len;
    if (piece.len < 2 || word.len < 2 || piece.len + word.len + enough < 2 * longer)
        return false;
    char a = str_lower(piece.data[0]), b = str_lower(piece.data[1]);
    return a == word.data[0] || a == word.data[1] || b == word.data[0] ||
           b == word.data[1];
}

/* Returns the distance from the word; SIMILAR_NEVER if it does not resemble it. */
static size_t distance(struct str piece, struct str word)
{
    char lower[SIMILAR_MAX_BYTES];
    size_t enough = similar_enough(piece);
    if (piece.len > sizeof lower || !may_resemble(piece, word, enough))
        return SIMILAR_NEVER;
    for (size_t i = 0; i < piece.len; i++)
        lower[i] = str_lower(piece.data[i]);
    size_t far = similar_distance((struct str){lower, piece.len}, word);
    return far <= enough ? far : SIMILAR_NEVER;
}

static bool resembles(struct str piece, struct str word)
{
    return distance(piece, word) < SIMILAR_NEVER;
}

/* Returns the most similar word, the first of equals: for "pprof2" this is not
 * "prof". */
static struct str nearest_of(struct str nearest, struct str word, struct str piece)
{
    size_t far = distance(piece, word);
    bool nearer =
        far < SIMILAR_NEVER && (!nearest.data || far < distance(piece, nearest));
    return nearer ? word : nearest;
}

static bool begins_alike(struct str piece, struct str word)
{
    return piece.len >= MODE_BEGINS && word.len >= MODE_BEGINS &&
           str_equal_nocase((struct str){piece.data, MODE_BEGINS},
                            (struct str){word.data, MODE_BEGINS});
}

static struct str plain_word(const struct config *c, struct str piece)
{
    for (enum profile_mode mode = 0; mode < MODE_COUNT; mode++) {
        struct str word = str_from(mode_name(mode));
        if (resembles(piece, word) || begins_alike(piece, word))
            return word;
    }
    struct str nearest = {NULL, 0};
    for (size_t i = 0; i < c->formats->count; i++)
        if (!c->formats->formats[i].missing)
            nearest = nearest_of(nearest, str_from(c->formats->formats[i].name), piece);
    nearest = nearest_of(nearest, STR("log"), piece);
    return nearest_of(nearest, STR("file"), piece);
}

/* Handles "lmit=5" and "sort:calls". */
static bool add_pair(struct meaning *m, struct str piece)
{
    static const struct str names[] = {{"sort=", 5}, {"limit=", 6}, {"interval=", 9}};
    struct str name = {piece.data, 0};
    while (name.len < piece.len && name.data[name.len] != '=' &&
           name.data[name.len] != ':')
        name.len++;
    if (name.len == piece.len)
        return false;
    struct str argument = {name.data + name.len + 1, piece.len - name.len - 1};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!resembles(name, (struct str){names[i].data, names[i].len - 1}))
            continue;
        add_word(m, names[i], argument);
        return true;
    }
    return false;
}

/* Handles a value without its name: "1ms"; also "50" and "calls", among words of a
 * flag. */
static bool add_bare(struct meaning *m, struct str piece)
{
    struct buf unused = {0};
    struct sort_keys keys;
    uint64_t number;
    struct str name = {NULL, 0};
    if (value_duration(piece, INTERVAL_LEAST_NS, INTERVAL_MOST_NS, &number, &unused))
        name = STR("interval=");
    else if (m->company && value_number(piece, 0, UINT32_MAX, &number, &unused))
        name = STR("limit=");
    else if (m->company && piece.len >= 4 &&
             sort_keys_parse(&keys, piece, ':', &unused))
        name = STR("sort=");
    buf_free(&unused);
    if (name.data)
        add_word(m, name, piece);
    return name.data != NULL;
}

static void add_piece(struct meaning *m, struct str piece)
{
    struct str nothing = {"", 0};
    if (proofword_is(piece))
        return;
    struct str word = is_switch(piece) || flag_starts_ours(m->config, piece)
                          ? piece
                          : plain_word(m->config, piece);
    if (word.data)
        add_word(m, word, nothing);
    else if (!add_pair(m, piece) && !add_bare(m, piece) && !m->unknown.data)
        m->unknown = piece;
}

static bool has_company(const struct config *c, struct str value)
{
    struct str piece;
    while (next_piece(&value, &piece))
        if (flag_starts_ours(c, piece) && !is_switch(piece))
            return true;
    return false;
}

bool meant_find(const struct config *c, struct str value, struct buf *out)
{
    struct meaning m = {.config = c};
    struct flag flag;
    struct str rest = value, piece;
    if (value.len > MEANT_BYTES_MAX || flag_recognised(c, value))
        return false;
    m.company = has_company(c, value);
    while (next_piece(&rest, &piece))
        add_piece(&m, piece);
    bool almost = !m.text.failed && (m.unknown.data ? m.company : m.text.len > 0);
    if (almost && m.unknown.data) {
        flag_parse(&flag, c, m.unknown, out);
    } else if (almost) {
        buf_add_text(out, "did you mean ");
        buf_add_quoted(out, buf_str(&m.text));
        buf_add_char(out, '?');
    }
    buf_free(&m.text);
    return almost;
}
