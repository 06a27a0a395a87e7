#include "setters.h"
#include "host.h"
#include "base/values.h"
#include "base/vec.h"

#include <stdlib.h>

/* A log line repeats at most this much of profiler-allow. */
#define ALLOW_SHOWN_BYTES 200

static void *field_of(struct config *c, const struct option *o)
{
    return (char *)c + o->field;
}

static bool is_not(struct buf *error, struct str value, const char *what)
{
    value_quote(error, value);
    buf_printf(error, "is not %s", what);
    return false;
}

/* ------------------------------------------------------------------ kinds */

bool set_number(struct config *c, const struct option *o, struct str value,
                struct buf *error)
{
    uint64_t number;
    if (!value_number(value, o->least, o->most, &number, error))
        return false;
    *(uint32_t *)field_of(c, o) = (uint32_t)number;
    return true;
}

bool set_duration(struct config *c, const struct option *o, struct str value,
                  struct buf *error)
{
    return value_duration(value, o->least, o->most, field_of(c, o), error);
}

bool set_bytes(struct config *c, const struct option *o, struct str value,
               struct buf *error)
{
    return value_bytes(value, o->most, field_of(c, o), error);
}

bool set_permissions(struct config *c, const struct option *o, struct str value,
                     struct buf *error)
{
    return value_octal(value, (mode_t)o->least, field_of(c, o), error);
}

static bool replace_text(char **field, struct str value)
{
    char *copy = value_copy(value);
    if (!copy)
        return false;
    free(*field);
    *field = copy;
    return true;
}

bool set_path(struct config *c, const struct option *o, struct str value,
              struct buf *error)
{
    return value_path(value, (size_t)o->most, error) &&
           replace_text(field_of(c, o), value);
}

bool set_regex(struct config *c, const struct option *o, struct str value,
               struct buf *error)
{
    struct regex_list *list = field_of(c, o);
    value_quote(error, value);
    buf_add_text(error, "is not a regular expression: ");
    struct regex *compiled = regex_compile(value, error);
    if (!compiled)
        return false;
    if (!VEC_RESIZE(list->items, list->count + 1)) {
        regex_free(compiled);
        buf_add_text(error, "out of memory");
        return false;
    }
    list->items[list->count++] = compiled;
    return true;
}

bool set_networks(struct config *c, const struct option *o, struct str value,
                  struct buf *error)
{
    return netlist_add(field_of(c, o), value, error);
}

/* ------------------------------------------------------------ one option each */

bool set_mode(struct config *c, const struct option *o, struct str value,
              struct buf *error)
{
    (void)o;
    return mode_find(value, &c->mode) || is_not(error, value, "a mode");
}

bool set_trigger(struct config *c, const struct option *o, struct str value,
                 struct buf *error)
{
    (void)o;
    return triggers_add(&c->triggers, value, error);
}

void empty_triggers(struct config *c)
{
    triggers_free(&c->triggers);
}

bool set_group(struct config *c, const struct option *o, struct str value,
               struct buf *error)
{
    (void)o;
    return routenames_add(&c->groups, value, error);
}

bool set_output(struct config *c, const struct option *o, struct str value,
                struct buf *error)
{
    (void)o;
    unsigned outputs = 0;
    struct str word;
    while (value_next_word(&value, &word)) {
        if (str_equal(word, STR("log")))
            outputs |= OUTPUT_LOG;
        else if (str_equal(word, STR("file")))
            outputs |= OUTPUT_FILE;
        else if (str_equal(word, STR("html")))
            outputs |= OUTPUT_HTML;
        else
            return is_not(error, word, "an output");
    }
    c->outputs = outputs;
    return true;
}

bool set_log_style(struct config *c, const struct option *o, struct str value,
                   struct buf *error)
{
    (void)o;
    if (str_equal(value, STR("table")))
        c->log_style = LOG_TABLE;
    else if (str_equal(value, STR("line")))
        c->log_style = LOG_LINE;
    else if (str_equal(value, STR("json")))
        c->log_style = LOG_JSON;
    else
        return is_not(error, value, "a log style");
    return true;
}

bool set_sort_by(struct config *c, const struct option *o, struct str value,
                 struct buf *error)
{
    (void)o;
    struct sort_keys sort;
    if (!sort_keys_parse(&sort, value, ',', error))
        return false;
    c->sort = sort;
    return true;
}

bool set_restrictions(struct config *c, const struct option *o, struct str value,
                      struct buf *error)
{
    (void)o;
    struct restrictions restrictions = {0};
    if (!restrictions_parse(&restrictions, value, error))
        return false;
    restrictions_free(&c->restrictions);
    c->restrictions = restrictions;
    return true;
}

/* Returns the log's reason for a client that is not in the list. NULL when out of
 * memory. */
static char *make_not_allowed(struct str list)
{
    struct buf text = {0};
    bool cut = list.len > ALLOW_SHOWN_BYTES;
    buf_add_text(&text, "not in profiler-allow (");
    for (size_t i = 0; i < (cut ? ALLOW_SHOWN_BYTES : list.len); i++)
        buf_add_char(&text, list.data[i] > ' ' ? list.data[i] : ' ');
    buf_add_text(&text, cut ? "...)" : ")");
    char *copy = text.failed ? NULL : value_copy(buf_str(&text));
    buf_free(&text);
    return copy;
}

/* A repeated option adds to the list. The reason then names the whole list. */
bool set_allow(struct config *c, const struct option *o, struct str value,
               struct buf *error)
{
    if (!set_networks(c, o, value, error))
        return false;
    char *not_allowed = make_not_allowed(str_from(c->allow.text));
    if (!not_allowed)
        return false;
    free(c->not_allowed);
    c->not_allowed = not_allowed;
    return true;
}

bool set_key(struct config *c, const struct option *o, struct str value,
             struct buf *error)
{
    (void)o;
    return secret_set(&c->key, value, error);
}

bool set_keep(struct config *c, const struct option *o, struct str value,
              struct buf *error)
{
    (void)o;
    return keep_add(&c->keep, value, error);
}

void empty_keep(struct config *c)
{
    c->keep = (struct keep){0};
}

bool set_filename_format(struct config *c, const struct option *o, struct str value,
                         struct buf *error)
{
    (void)o;
    struct filename_format filename = {0};
    if (!filename_parse(&filename, value, error))
        return false;
    filename_free(&c->filename);
    c->filename = filename;
    return true;
}

static bool is_missing(struct buf *error, const struct format *format)
{
    value_quote(error, str_from(format->name));
    buf_add_text(error, format->missing);
    return false;
}

bool set_format(struct config *c, const struct option *o, struct str value,
                struct buf *error)
{
    (void)o;
    struct config new = {.files = calloc(c->formats->count, sizeof *c->files)};
    struct str word;
    if (!new.files)
        return false;
    while (value_next_word(&value, &word)) {
        const struct format *format = format_find(c->formats, word);
        if (!format || format->missing) {
            free(new.files);
            return format ? is_missing(error, format) : is_not(error, word, "a format");
        }
        config_add_file(&new, format);
    }
    free(c->files);
    c->files = new.files;
    c->file_count = new.file_count;
    return true;
}

bool set_source(struct config *c, const struct option *o, struct str value,
                struct buf *error)
{
    (void)o;
    if (str_equal(value, STR("on")))
        c->source = true;
    else if (str_equal(value, STR("off")))
        c->source = false;
    else
        return is_not(error, value, "on or off");
    return true;
}

/* Returns what is wrong with a path of the site, or NULL. */
static const char *not_a_path(struct str path)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-._~@+/";
    struct str rest = {path.data + 1, path.len - 1}, part;
    if (*path.data != '/')
        return "does not begin with a slash";
    if (path.len == 1)
        return NULL;
    for (size_t i = 0; i < path.len; i++)
        if (!path.data[i] || !strchr(allowed, path.data[i]))
            return "has a character besides letters, digits, and - . _ ~ @ + /";
    if (path.data[path.len - 1] == '/')
        return "ends in a slash: leave that out";
    while (str_split(&rest, '/', &part))
        if (part.len == 0)
            return "has two slashes in a row";
        else if (str_equal(part, STR(".")) || str_equal(part, STR("..")))
            return "has the part . or .., which browsers remove";
    return NULL;
}

bool set_browse(struct config *c, const struct option *o, struct str value,
                struct buf *error)
{
    const char *why =
        value.len > o->most ? "is longer than 200 bytes" : not_a_path(value);
    if (why) {
        value_quote(error, value);
        buf_add_text(error, why);
        return false;
    }
    return replace_text(&c->browse, value.len == 1 ? STR("") : value);
}

bool set_browse_host(struct config *c, const struct option *o, struct str value,
                     struct buf *error)
{
    (void)o;
    struct buf names = {0};
    struct str word;
    buf_add_text(&names, c->browse_hosts ? c->browse_hosts : "");
    while (value_next_word(&value, &word)) {
        if (!word.len || !host_is_plain(word)) {
            buf_free(&names);
            return is_not(error, word, "a host name, without a port");
        }
        buf_printf(&names, "%.*s ", (int)word.len, word.data);
    }
    bool ok = !names.failed && replace_text(&c->browse_hosts, buf_str(&names));
    buf_free(&names);
    return ok;
}
