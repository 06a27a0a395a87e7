#include "routenames.h"

#include "base/digits.h"
#include "base/utf8.h"
#include "base/values.h"
#include "base/vec.h"

#include <stdlib.h>

#define GROUPS_MAX 9
#define HEX_LEAST 8
#define CUT STR("...")

/* ------------------------------------------------------------------ rules */

static bool fail(struct buf *error, struct str value, const char *what)
{
    value_quote(error, value);
    buf_add_text(error, what);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Returns the place of the blank that ends REGEX; the length if there is none. A ']'
 * that comes first in a class belongs to it. */
static size_t find_end(struct str value)
{
    const char *text = value.data;
    size_t first = 0; /* in a class: the place of its first character; else 0 */
    for (size_t i = 0; i < value.len; i++) {
        if (text[i] == '\\') {
            i++;
        } else if (first) {
            if (text[i] == ']' && i > first)
                first = 0;
        } else if (text[i] == '[') {
            first = i + 1;
            first += first < value.len && text[first] == '^';
            i = first - 1;
        } else if (is_blank(text[i])) {
            return i;
        }
    }
    return value.len;
}

/* A blank is refused because it may have been meant for the expression. */
static bool check_text(struct str name, struct buf *error)
{
    uint32_t code;
    if (memchr(name.data, ' ', name.len) || memchr(name.data, '\t', name.len))
        return fail(error, name,
                    "has a blank, which no name has; in the expression, \\x20 is one");
    for (struct str rest = name; rest.len;) {
        size_t len = utf8_char(rest, &code);
        if (!len || utf8_is_control(code))
            return fail(error, name, "is not a name: it must be text in UTF-8");
        rest = (struct str){rest.data + len, rest.len - len};
    }
    return true;
}

/* Each backslash must stand before another one, or before the digit of a group. */
static bool check_groups(struct str name, uint32_t groups, struct buf *error)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] != '\\')
            continue;
        struct str escape = {name.data + i, i + 1 < name.len ? 2 : 1};
        char c = escape.len == 2 ? escape.data[1] : '\0';
        if (c != '\\' && (c < '1' || c > '9'))
            return fail(error, escape,
                        "has no meaning in a name; \\1 to \\9 are groups of the "
                        "expression, \\\\ is a backslash");
        if (c != '\\' && (uint32_t)(c - '0') > groups) {
            fail(error, escape, "is a group that the expression does not have; ");
            buf_printf(error, "it has %u", (unsigned)groups);
            return false;
        }
        i++;
    }
    return true;
}

static struct regex *compile(struct str pattern, struct buf *error)
{
    value_quote(error, pattern);
    buf_add_text(error, "is not a regular expression: ");
    struct regex *regex = regex_compile(pattern, error);
    if (!regex)
        buf_add_text(error, " (\\x20 is a blank in it)");
    return regex;
}

static void free_rule(struct route_rule *rule)
{
    regex_free(rule->regex);
    free(rule->name);
}

static bool parse(struct route_rule *rule, struct str value, struct buf *error)
{
    size_t end = find_end(value), before = error->len;
    struct str pattern = {value.data, end};
    struct str name = str_trim((struct str){value.data + end, value.len - end});
    if (!name.len)
        return fail(error, value, "has no name after the regular expression");
    rule->regex = compile(pattern, error);
    if (!rule->regex)
        return false;
    error->len = error->failed ? error->len : before;
    if (!check_text(name, error) ||
        !check_groups(name, regex_groups(rule->regex), error))
        return false;
    rule->name = value_copy(name);
    if (!rule->name)
        buf_add_text(error, "out of memory");
    return rule->name != NULL;
}

bool routenames_add(struct route_rules *rules, struct str value, struct buf *error)
{
    struct route_rule rule = {0};
    if (!parse(&rule, str_trim(value), error)) {
        free_rule(&rule);
        return false;
    }
    if (!VEC_RESIZE(rules->items, rules->count + 1)) {
        free_rule(&rule);
        buf_add_text(error, "out of memory");
        return false;
    }
    rules->items[rules->count++] = rule;
    return true;
}

void routenames_free(struct route_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        free_rule(&rules->items[i]);
    free(rules->items);
    *rules = (struct route_rules){0};
}

/* ------------------------------------------------------------------ names */

/* The part of a buffer that holds the name. */
struct name {
    struct buf *out;
    size_t start;
};

/* True once the name is longer than it may be. */
static bool is_full(const struct name *n)
{
    return n->out->len - n->start > ROUTENAME_BYTES_MAX;
}

/* Adds no more than what makes the name too long. */
static void add(const struct name *n, struct str text)
{
    size_t room = ROUTENAME_BYTES_MAX + 1 - (n->out->len - n->start);
    buf_add(n->out, text.data, text.len < room ? text.len : room);
}

/* Shortens a name that is too long, without splitting a character of UTF-8. */
static void cut(const struct name *n)
{
    if (!is_full(n) || n->out->failed)
        return;
    size_t len = ROUTENAME_BYTES_MAX - CUT.len;
    const char *text = n->out->data + n->start;
    for (int more = 0; more < 3 && ((unsigned char)text[len] & 0xc0) == 0x80; more++)
        len--;
    n->out->len = n->start + len;
    buf_add_str(n->out, CUT);
}

static void add_matched(const struct name *n, const char *text,
                        const struct str groups[GROUPS_MAX])
{
    for (; *text && !is_full(n); text++) {
        if (*text != '\\')
            add(n, (struct str){text, 1});
        else if (*++text == '\\')
            add(n, (struct str){text, 1});
        else
            add(n, groups[*text - '1']);
    }
}

static bool is_uuid(struct str s)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (s.len != sizeof form - 1)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (form[i] == '-' ? s.data[i] != '-' : digits_value(s.data[i]) == DIGIT_NONE)
            return false;
    return true;
}

static bool varies(struct str segment)
{
    if (!segment.len)
        return false;
    return digits_count(segment, 10) == segment.len ||
           (segment.len >= HEX_LEAST && digits_count(segment, 16) == segment.len) ||
           is_uuid(segment);
}

static void add_default(const struct name *n, struct str path)
{
    struct str segment;
    bool first = true;
    if (!path.len)
        path = STR("/");
    for (; !is_full(n) && str_split(&path, '/', &segment); first = false) {
        if (!first)
            add(n, STR("/"));
        add(n, varies(segment) ? STR("*") : segment);
    }
}

/* A name that comes out empty, as its groups matched nothing, counts as no match. */
static bool add_named(const struct name *n, const struct route_rules *rules,
                      struct str path)
{
    struct str groups[GROUPS_MAX];
    for (size_t i = 0; i < rules->count; i++) {
        const struct route_rule *rule = &rules->items[i];
        if (!regex_search_groups(rule->regex, path, groups, GROUPS_MAX))
            continue;
        add_matched(n, rule->name, groups);
        if (n->out->failed || n->out->len > n->start)
            return true;
    }
    return false;
}

bool routename_write(const struct route_rules *rules, struct str path, struct buf *out)
{
    const struct name name = {out, out->len};
    if (!add_named(&name, rules, path))
        add_default(&name, path);
    cut(&name);
    return !out->failed;
}
