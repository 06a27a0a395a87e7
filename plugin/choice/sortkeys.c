#include "sortkeys.h"

#include "base/digits.h"
#include "base/similar.h"

/* In the order of pstats' sort_arg_dict_default, which determines the ambiguous
 * prefixes. */
static const struct word {
    const char *text;
    uint8_t key;
} words[] = {
    {"calls", SORT_CALLS},
    {"ncalls", SORT_CALLS},
    {"cumtime", SORT_CUMULATIVE},
    {"cumulative", SORT_CUMULATIVE},
    {"filename", SORT_FILE},
    {"line", SORT_LINE},
    {"module", SORT_FILE},
    {"name", SORT_NAME},
    {"nfl", SORT_NFL},
    {"pcalls", SORT_PRIMITIVE},
    {"stdname", SORT_STDNAME},
    {"time", SORT_TIME},
    {"tottime", SORT_TIME},
};
#define WORD_COUNT (sizeof(words) / sizeof(*words))

static const struct {
    const char *text;
    uint8_t key;
} integers[] = {
    {"-1", SORT_STDNAME}, {"0", SORT_CALLS}, {"1", SORT_TIME}, {"2", SORT_CUMULATIVE}};
#define INTEGER_COUNT (sizeof(integers) / sizeof(*integers))

static bool parse_integer(uint8_t *key, struct str item)
{
    for (size_t i = 0; i < INTEGER_COUNT; i++) {
        if (str_equal(item, str_from(integers[i].text))) {
            *key = integers[i].key;
            return true;
        }
    }
    return false;
}

static bool is_integer(struct str item)
{
    size_t sign = item.len && (item.data[0] == '-' || item.data[0] == '+');
    struct str digits = {item.data + sign, item.len - sign};
    return digits.len && digits_count(digits, 10) == digits.len;
}

static size_t common_prefix(const char *a, const char *b)
{
    size_t len = 0;
    while (a[len] && a[len] == b[len])
        len++;
    return len;
}

/* pstats enters each word and then its prefixes, the longest first, until a prefix
 * exists already. That prefix becomes ambiguous, even between two words of the same key
 * ("cum"). Shorter prefixes are not looked at, so "cu" still means cumtime. */
static bool is_ambiguous(struct str prefix)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        size_t shared = 0;
        for (size_t j = 0; j < i; j++) {
            size_t len = common_prefix(words[i].text, words[j].text);
            shared = len > shared ? len : shared;
        }
        if (shared == prefix.len && str_starts(str_from(words[i].text), prefix))
            return true;
    }
    return false;
}

static void add_choices(struct buf *error, struct str prefix)
{
    const char *separator = "";
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (!str_starts(str_from(words[i].text), prefix))
            continue;
        buf_add_text(error, separator);
        buf_add_text(error, words[i].text);
        separator = ", ";
    }
}

/* One word per key, to keep the message short. */
static void add_keys(struct buf *error)
{
    buf_add_text(error, "keys: ");
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (words[i].text != sort_key_word(words[i].key))
            continue;
        if (i)
            buf_add_text(error, ", ");
        buf_add_text(error, words[i].text);
    }
}

static void explain_unknown(struct buf *error, struct str item)
{
    const char *similar = NULL;
    size_t least = similar_enough(item);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        size_t distance = similar_distance(item, str_from(words[i].text));
        if (distance > least || (similar && distance == least))
            continue;
        similar = words[i].text;
        least = distance;
    }
    buf_add_quoted(error, item);
    buf_add_text(error, " is not a key");
    if (similar)
        buf_printf(error, "; did you mean \"%s\"?", similar);
    else
        buf_add_char(error, ';');
    buf_add_char(error, ' ');
    add_keys(error);
    buf_add_text(error, ", or one integer alone: -1, 0, 1, 2");
}

static bool parse_word(uint8_t *key, struct str item, struct buf *error)
{
    if (is_ambiguous(item)) {
        buf_add_quoted(error, item);
        buf_add_text(error, " is ambiguous: it may be ");
        add_choices(error, item);
        return false;
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (str_starts(str_from(words[i].text), item)) {
            *key = words[i].key;
            return true;
        }
    }
    explain_unknown(error, item);
    return false;
}

static bool parse_item(struct sort_keys *keys, struct str text, struct str item,
                       struct buf *error)
{
    if (item.len == 0) {
        buf_add_quoted(error, text);
        buf_add_text(error, " has an empty item; ");
        add_keys(error);
        return false;
    }
    if (keys->count == SORT_KEYS_MAX) {
        buf_add_quoted(error, text);
        buf_printf(error, " has too many keys; %d are possible", SORT_KEYS_MAX);
        return false;
    }
    if (is_integer(item)) {
        buf_add_quoted(error, item);
        buf_add_text(error, " in a list; possible is one integer alone (-1, 0, 1, 2), "
                            "or a list of words; ");
        add_keys(error);
        return false;
    }
    return parse_word(&keys->keys[keys->count++], item, error);
}

bool sort_keys_parse(struct sort_keys *keys, struct str text, char separator,
                     struct buf *error)
{
    *keys = (struct sort_keys){0};
    struct str rest = str_trim(text), item;
    if (rest.len == 0)
        return true;
    if (parse_integer(&keys->keys[0], rest)) {
        keys->count = 1;
        return true;
    }
    if (is_integer(rest)) {
        explain_unknown(error, rest);
        return false;
    }
    while (str_split(&rest, separator, &item)) {
        if (!parse_item(keys, text, str_trim(item), error)) {
            keys->count = 0;
            return false;
        }
    }
    return true;
}

const char *sort_key_label(enum sort_key key)
{
    switch (key) {
    case SORT_CALLS:
        return "call count";
    case SORT_CUMULATIVE:
        return "cumulative time";
    case SORT_TIME:
        return "internal time";
    case SORT_PRIMITIVE:
        return "primitive call count";
    case SORT_FILE:
        return "file name";
    case SORT_LINE:
        return "line number";
    case SORT_NAME:
        return "function name";
    case SORT_NFL:
        return "name/file/line";
    case SORT_STDNAME:
        return "standard name";
    }
    return "";
}

const char *sort_key_word(enum sort_key key)
{
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (words[i].key == key)
            return words[i].text;
    return "";
}
