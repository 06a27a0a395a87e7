#include "flag.h"
#include "base/digits.h"
#include "base/values.h"
#include "proofwords.h"

#define LIMIT_MAX 1000000000

/* The kinds of words. */
enum word_kind {
    WORD_FOREIGN,
    WORD_DEFAULTS,
    WORD_OFF,
    WORD_MODE,
    WORD_LOG,
    WORD_FILE,
    WORD_FORMAT,
    WORD_SORT,
    WORD_LIMIT,
    WORD_INTERVAL,
    WORD_ACCESS, /* for proof.c */
};

struct word {
    enum word_kind kind;
    struct str text;
    struct str argument;    /* WORD_SORT, _LIMIT, _INTERVAL: the text after the '=' */
    enum profile_mode mode; /* WORD_MODE */
    const struct format *format; /* WORD_FORMAT */
};

/* The state while a flag is parsed. */
struct reading {
    struct flag *flag;
    const struct config *config;
    unsigned outputs; /* outputs that were named */
    bool mode_named;
    struct buf *error;
};

static const struct {
    struct str text;
    enum word_kind kind;
    enum profile_mode mode; /* WORD_MODE */
} plain_words[] = {
    {{"1", 1}, WORD_DEFAULTS, 0},
    {{"on", 2}, WORD_DEFAULTS, 0},
    {{"yes", 3}, WORD_DEFAULTS, 0},
    {{"true", 4}, WORD_DEFAULTS, 0},
    {{"0", 1}, WORD_OFF, 0},
    {{"off", 3}, WORD_OFF, 0},
    {{"no", 2}, WORD_OFF, 0},
    {{"false", 5}, WORD_OFF, 0},
    {{"log", 3}, WORD_LOG, 0},
    {{"file", 4}, WORD_FILE, 0},
    {{"deterministic", 13}, WORD_MODE, MODE_DETERMINISTIC},
    {{"sampling", 8}, WORD_MODE, MODE_SAMPLING},
};

/* Strangers send flags, too, and these must cost little: most words differ in their
 * first byte. Neither word is empty. */
static bool starts_alike(struct str word, struct str other)
{
    return *word.data == *other.data;
}

static bool take_argument(struct word *word, struct str prefix, enum word_kind kind)
{
    if (!starts_alike(word->text, prefix) || !str_starts(word->text, prefix))
        return false;
    word->kind = kind;
    word->argument = str_trim(
        (struct str){word->text.data + prefix.len, word->text.len - prefix.len});
    return true;
}

static void classify(struct word *word, const struct config *c)
{
    if (word->text.len == 0) {
        word->kind = WORD_DEFAULTS;
        return;
    }
    for (size_t i = 0; i < sizeof plain_words / sizeof *plain_words; i++)
        if (starts_alike(word->text, plain_words[i].text) &&
            str_equal(word->text, plain_words[i].text)) {
            word->kind = plain_words[i].kind;
            word->mode = plain_words[i].mode;
            return;
        }
    if (take_argument(word, STR("sort="), WORD_SORT) ||
        take_argument(word, STR("limit="), WORD_LIMIT) ||
        take_argument(word, STR("interval="), WORD_INTERVAL))
        return;
    if (proofword_is(word->text)) {
        word->kind = WORD_ACCESS;
        return;
    }
    word->format = format_find(c->formats, word->text);
    word->kind = word->format ? WORD_FORMAT : WORD_FOREIGN;
}

static bool next_word(struct str *rest, const struct config *c, struct word *word)
{
    if (!value_next_word(rest, &word->text))
        return false;
    classify(word, c);
    return true;
}

bool flag_starts_ours(const struct config *c, struct str value)
{
    struct word word;
    return !next_word(&value, c, &word) || word.kind != WORD_FOREIGN;
}

bool flag_recognised(const struct config *c, struct str value)
{
    struct word word;
    if (value.len > FLAG_BYTES_MAX)
        return false;
    while (next_word(&value, c, &word))
        if (word.kind == WORD_FOREIGN)
            return false;
    return true;
}

static enum flag_result foreign(const struct config *c, struct str value,
                                struct buf *error)
{
    struct word word = {.text = value};
    if (value.len > FLAG_BYTES_MAX) {
        buf_printf(error, "a flag of %zu bytes is too long: at most %d", value.len,
                   FLAG_BYTES_MAX);
        return FLAG_FOREIGN;
    }
    while (next_word(&value, c, &word) && word.kind != WORD_FOREIGN)
        ;
    const char *equals =
        word.text.len ? memchr(word.text.data, '=', word.text.len) : NULL;
    if (equals) /* the rest may be a secret after a misspelt "key" */
        word.text.len = (size_t)(equals - word.text.data) + 1;
    buf_add_quoted(error, word.text);
    buf_add_text(error, " is not a word of a flag; words: " MODE_NAMES ", log, file, ");
    format_names(c->formats, error);
    buf_add_text(error, ", sort=KEY:KEY, limit=N, interval=1ms, on, off");
    return FLAG_FOREIGN;
}

static bool follow_mode(struct reading *r, enum profile_mode mode)
{
    if (r->mode_named && mode != r->flag->mode) {
        buf_printf(r->error, "\"%s\" and \"%s\": a request has one mode",
                   mode_name(r->flag->mode), mode_name(mode));
        return false;
    }
    r->flag->mode = mode;
    r->mode_named = true;
    return true;
}

static bool follow_file(struct reading *r)
{
    if (!r->config->dir) {
        buf_add_text(r->error, "\"file\" needs a directory, which profiler-dir sets");
        return false;
    }
    r->outputs |= OUTPUT_FILE;
    return true;
}

static bool follow_format(struct reading *r, const struct format *format)
{
    const struct format **answer = &r->flag->choice.answer;
    if (format->missing) {
        value_quote(r->error, str_from(format->name));
        buf_add_text(r->error, format->missing);
        return false;
    }
    if (*answer && *answer != format) {
        buf_printf(r->error, "\"%s\" and \"%s\": only one format can be the answer",
                   (*answer)->name, format->name);
        return false;
    }
    *answer = format;
    return true;
}

static bool follow_sort(struct reading *r, struct str keys)
{
    struct sort_keys sort;
    if (keys.len == 0) {
        buf_add_text(r->error, "\"sort=\" names no key");
        return false;
    }
    if (!sort_keys_parse(&sort, keys, ':', r->error))
        return false;
    r->flag->choice.sort = sort;
    return true;
}

static bool follow_limit(struct reading *r, struct str limit)
{
    uint64_t rows;
    if (!value_number(limit, 0, LIMIT_MAX, &rows, r->error)) {
        buf_printf(r->error, " for limit=; possible: 0 to %d", LIMIT_MAX);
        return false;
    }
    r->flag->choice.limit = (int64_t)rows;
    return true;
}

static bool follow_interval(struct reading *r, struct str interval)
{
    if (!value_duration(interval, INTERVAL_LEAST_NS, INTERVAL_MOST_NS,
                        &r->flag->interval_ns, r->error)) {
        buf_add_text(r->error, " for interval=; possible: " INTERVAL_RANGE);
        return false;
    }
    return true;
}

static bool follow(struct reading *r, const struct word *word)
{
    switch (word->kind) {
    case WORD_OFF:
        r->flag->off = true;
        return true;
    case WORD_MODE:
        return follow_mode(r, word->mode);
    case WORD_LOG:
        r->outputs |= OUTPUT_LOG;
        return true;
    case WORD_FILE:
        return follow_file(r);
    case WORD_FORMAT:
        return follow_format(r, word->format);
    case WORD_SORT:
        return follow_sort(r, word->argument);
    case WORD_LIMIT:
        return follow_limit(r, word->argument);
    case WORD_INTERVAL:
        return follow_interval(r, word->argument);
    case WORD_DEFAULTS:
    case WORD_ACCESS:
    case WORD_FOREIGN:
        break;
    }
    return true;
}

enum flag_result flag_parse(struct flag *f, const struct config *c, struct str value,
                            struct buf *error)
{
    struct reading r = {.flag = f, .config = c, .error = error};
    struct word word;
    *f = (struct flag){
        .mode = c->mode, .interval_ns = c->interval_ns, .choice = config_choice(c)};
    if (!flag_recognised(c, value))
        return foreign(c, value, error);
    while (next_word(&value, c, &word))
        if (!follow(&r, &word))
            return FLAG_BAD;
    if (r.outputs)
        f->choice.outputs = r.outputs;
    return FLAG_OK;
}

size_t flag_decode_into(char *out, struct str value, bool plus_is_blank)
{
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        if (c == '%' && value.len - i > 2) {
            int byte = digits_byte(value.data + i + 1);
            if (byte >= 0) {
                c = (char)byte;
                i += 2;
            }
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        out[len++] = c;
    }
    return len;
}

void flag_decode(struct str value, bool plus_is_blank, struct buf *out)
{
    if (value.len && buf_reserve(out, value.len))
        out->len += flag_decode_into(out->data + out->len, value, plus_is_blank);
}
