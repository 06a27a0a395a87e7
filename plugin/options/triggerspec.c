#include "triggerspec.h"
#include "base/values.h"
#include "base/vec.h"

#include <stdlib.h>

/* Longer names are legal, but nobody sends them. */
#define NAME_BYTES_MAX 200

/* The prefix of a header's name in its CGI variable. */
#define HEADER_PREFIX "HTTP_"

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The characters of a "token" of RFC 9110, as header names are. */
static bool is_token_char(char c)
{
    return is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Separators could never be found in a query or cookie. A comma hints at two triggers
 * in one value. */
static bool is_parameter_char(char c)
{
    return (unsigned char)c > ' ' && c != 127 && !strchr("=&;,", c);
}

static char to_variable_char(char c)
{
    if (c == '-')
        return '_';
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Headers with a meaning of their own, or that never become variables. */
static bool is_unusable_header(const char *variable)
{
    static const char *const unusable[] = {"HOST", "COOKIE", "AUTHORIZATION",
                                           "CONTENT_TYPE", "CONTENT_LENGTH"};
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++)
        if (!strcmp(variable + strlen(HEADER_PREFIX), unusable[i]))
            return true;
    return false;
}

/* Characters that nginx and others allow in their configuration. */
static bool is_variable_char(char c)
{
    return is_alnum(c) || (c && strchr("_-.", c));
}

/* Variables with a value that the client chose, or with a meaning of their own. As
 * triggers, they would let every client profile. */
static bool is_unusable_variable(const char *name)
{
    static const char *const unusable[] = {
        "AUTH_TYPE",        "CONTENT_LENGTH",    "CONTENT_TYPE",   "DOCUMENT_ROOT",
        "DOCUMENT_URI",     "GATEWAY_INTERFACE", "HTTPS",          "PATH_INFO",
        "PATH_TRANSLATED",  "QUERY_STRING",      "REMOTE_ADDR",    "REMOTE_HOST",
        "REMOTE_IDENT",     "REMOTE_PORT",       "REMOTE_USER",    "REQUEST_BODY",
        "REQUEST_FILENAME", "REQUEST_METHOD",    "REQUEST_SCHEME", "REQUEST_URI",
        "SCRIPT_FILENAME",  "SCRIPT_NAME",       "SCRIPT_URI",     "SCRIPT_URL",
        "SERVER_ADDR",      "SERVER_NAME",       "SERVER_PORT",    "SERVER_PROTOCOL",
        "SERVER_SOFTWARE",
    };
    if (str_starts(str_from(name), STR(HEADER_PREFIX)))
        return true;
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++)
        if (!strcmp(name, unusable[i]))
            return true;
    return false;
}

static bool check_name(enum trigger_kind kind, struct str name, const char **wrong)
{
    bool (*allowed)(char) = kind == TRIGGER_HEADER ? is_token_char
                            : kind == TRIGGER_VAR  ? is_variable_char
                                                   : is_parameter_char;
    if (name.len == 0)
        *wrong = "names nothing";
    else if (name.len > NAME_BYTES_MAX)
        *wrong = "has a name of more than 200 bytes";
    else
        *wrong = NULL;
    for (size_t i = 0; !*wrong && i < name.len; i++)
        if (!allowed(name.data[i]))
            *wrong = "has a name with an invalid character (each option takes one "
                     "trigger: repeat the option for more)";
    return !*wrong;
}

static bool check_ratio(struct trigger *t, struct str number, const char **wrong)
{
    *wrong = "is not a ratio above 0 and at most 1";
    return value_ratio(number, &t->billionths);
}

static char *make_variable(struct str header)
{
    size_t prefix = strlen(HEADER_PREFIX);
    char *variable = malloc(prefix + header.len + 1);
    if (!variable)
        return NULL;
    memcpy(variable, HEADER_PREFIX, prefix);
    for (size_t i = 0; i < header.len; i++)
        variable[prefix + i] = to_variable_char(header.data[i]);
    variable[prefix + header.len] = '\0';
    return variable;
}

/* Returns what is wrong with a well-formed name; NULL: nothing. */
static const char *not_usable(const struct trigger *t)
{
    if (t->kind == TRIGGER_HEADER && is_unusable_header(t->name))
        return "is a header with a meaning of its own, which cannot be a flag";
    if (t->kind == TRIGGER_VAR && is_unusable_variable(t->name))
        return "is a variable that a client can influence (for a header, use "
               "header:NAME)";
    return NULL;
}

/* Cuts "query:NAME" into kind and name. */
static bool read_kind(struct str spec, enum trigger_kind *kind, struct str *name)
{
    static const struct {
        struct str prefix;
        enum trigger_kind kind;
    } kinds[] = {
        {{"query:", 6}, TRIGGER_QUERY},   {{"header:", 7}, TRIGGER_HEADER},
        {{"cookie:", 7}, TRIGGER_COOKIE}, {{"var:", 4}, TRIGGER_VAR},
        {{"ratio:", 6}, TRIGGER_RATIO},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts(spec, kinds[i].prefix)) {
            size_t len = kinds[i].prefix.len;
            *kind = kinds[i].kind;
            *name = (struct str){spec.data + len, spec.len - len};
            return true;
        }
    *kind = TRIGGER_ALWAYS;
    *name = (struct str){NULL, 0};
    return str_equal(spec, STR("always"));
}

/* Reads spec into *t, which then owns its name. */
static bool read_trigger(struct trigger *t, struct str spec, struct buf *error)
{
    struct str name;
    const char *wrong = "is not a trigger";
    *t = (struct trigger){0};
    if (read_kind(spec, &t->kind, &name)) {
        if (t->kind == TRIGGER_ALWAYS)
            return true;
        if (t->kind == TRIGGER_RATIO ? check_ratio(t, name, &wrong)
                                     : check_name(t->kind, name, &wrong)) {
            t->name =
                t->kind == TRIGGER_HEADER ? make_variable(name) : value_copy(name);
            if (!t->name)
                return false;
            t->name_len = strlen(t->name);
            wrong = not_usable(t);
            if (!wrong)
                return true;
            free(t->name);
        }
    }
    value_quote(error, spec);
    buf_add_text(error, wrong);
    return false;
}

static int rank(enum trigger_kind kind)
{
    switch (kind) {
    case TRIGGER_HEADER:
        return 0;
    case TRIGGER_QUERY:
        return 1;
    case TRIGGER_COOKIE:
        return 2;
    case TRIGGER_VAR:
        return 3;
    case TRIGGER_ALWAYS:
        return 4;
    case TRIGGER_RATIO:
        break;
    }
    return 5;
}

static bool is_same(const struct trigger *a, const struct trigger *b)
{
    return a->kind == b->kind &&
           (!a->name || a->kind == TRIGGER_RATIO || !strcmp(a->name, b->name));
}

bool triggers_add(struct triggers *t, struct str spec, struct buf *error)
{
    struct trigger added;
    if (!read_trigger(&added, spec, error))
        return false;
    for (size_t i = 0; i < t->count; i++)
        if (is_same(&t->items[i], &added)) {
            free(t->items[i].name);
            t->items[i] = added;
            return true;
        }
    if (!VEC_RESIZE(t->items, t->count + 1)) {
        free(added.name);
        return false;
    }
    struct trigger *items = t->items;
    size_t place = t->count++;
    for (; place > 0 && rank(items[place - 1].kind) > rank(added.kind); place--)
        items[place] = items[place - 1];
    items[place] = added;
    return true;
}

void triggers_free(struct triggers *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->items[i].name);
    free(t->items);
    *t = (struct triggers){0};
}
