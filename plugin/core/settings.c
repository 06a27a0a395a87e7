#include "settings.h"
#include "triggerspec.h"
#include "values.h"

#include <limits.h>
#include <stdlib.h>

/* A path below the directory must still fit, with its NUL. */
#define DIR_BYTES_MAX (PATH_MAX - FILENAME_MAX_BYTES - 2)
#define PATH_BYTES_MAX (PATH_MAX - 1)

/* How much of a long profiler-allow a line of the log repeats. */
#define ALLOW_SHOWN_BYTES 200

/* Each setter: false with what is wrong in *error; nothing when out of memory. */

static bool is_not(struct buf *error, struct str value, const char *what)
{
    value_quote(error, value);
    buf_printf(error, "is not %s", what);
    return false;
}

static bool set_mode(struct config *c, struct str value, struct buf *error)
{
    return mode_find(value, &c->mode) || is_not(error, value, "a mode");
}

static bool set_interval(struct config *c, struct str value, struct buf *error)
{
    return value_duration(value, INTERVAL_LEAST_NS, INTERVAL_MOST_NS, &c->interval_ns,
                          error);
}

static bool set_trigger(struct config *c, struct str value, struct buf *error)
{
    if (!option_given(c, OPTION_TRIGGER))
        triggers_free(c);
    return triggers_add(c, value, error);
}

static bool add_regex(struct regex_list *list, struct str pattern, struct buf *error)
{
    value_quote(error, pattern);
    buf_add_text(error, "is not a regular expression: ");
    struct regex *compiled = regex_compile(pattern, error);
    if (!compiled)
        return false;
    struct regex **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items) {
        regex_free(compiled);
        buf_add_text(error, "out of memory");
        return false;
    }
    list->items = items;
    list->items[list->count++] = compiled;
    return true;
}

static bool set_path(struct config *c, struct str value, struct buf *error)
{
    return add_regex(&c->path, value, error);
}

static bool set_skip(struct config *c, struct str value, struct buf *error)
{
    return add_regex(&c->skip, value, error);
}

static bool set_show(struct config *c, struct str value, struct buf *error)
{
    return add_regex(&c->show, value, error);
}

static bool set_hide(struct config *c, struct str value, struct buf *error)
{
    return add_regex(&c->hide, value, error);
}

static bool set_output(struct config *c, struct str value, struct buf *error)
{
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

static bool replace_text(char **field, struct str value)
{
    char *copy = value_copy(value);
    if (!copy)
        return false;
    free(*field);
    *field = copy;
    return true;
}

static bool set_stream(struct config *c, struct str value, struct buf *error)
{
    return value_path(value, PATH_BYTES_MAX, error) && replace_text(&c->stream, value);
}

static bool set_dir(struct config *c, struct str value, struct buf *error)
{
    return value_path(value, DIR_BYTES_MAX, error) && replace_text(&c->dir, value);
}

static bool set_off_file(struct config *c, struct str value, struct buf *error)
{
    return value_path(value, PATH_BYTES_MAX, error) &&
           replace_text(&c->off_file, value);
}

static bool set_keep(struct config *c, struct str value, struct buf *error)
{
    if (!option_given(c, OPTION_KEEP))
        c->keep = (struct keep){0};
    return keep_add(&c->keep, value, error);
}

static bool set_dir_mode(struct config *c, struct str value, struct buf *error)
{
    return value_octal(value, 0700, &c->dir_mode, error);
}

static bool set_file_mode(struct config *c, struct str value, struct buf *error)
{
    return value_octal(value, 0600, &c->file_mode, error);
}

static bool set_log_style(struct config *c, struct str value, struct buf *error)
{
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

static bool set_sort_by(struct config *c, struct str value, struct buf *error)
{
    struct sort_keys sort;
    if (!sort_keys_parse(&sort, value, ',', error))
        return false;
    c->sort = sort;
    return true;
}

static bool set_restrictions(struct config *c, struct str value, struct buf *error)
{
    struct restrictions restrictions = {0};
    if (!restrictions_parse(&restrictions, value, error))
        return false;
    restrictions_free(&c->restrictions);
    c->restrictions = restrictions;
    return true;
}

/* What the log says of somebody who is not in the list. NULL when out of memory. */
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

/* Repeated, it adds: nobody who was named is left out. */
static bool set_allow(struct config *c, struct str value, struct buf *error)
{
    if (!netlist_add(&c->allow, value, error))
        return false;
    char *not_allowed = make_not_allowed(str_from(c->allow.text));
    if (!not_allowed)
        return false;
    free(c->not_allowed);
    c->not_allowed = not_allowed;
    return true;
}

static bool set_key(struct config *c, struct str value, struct buf *error)
{
    return secret_set(&c->key, value, error);
}

static bool set_key_file(struct config *c, struct str value, struct buf *error)
{
    return value_path(value, PATH_MAX - 1, error) && replace_text(&c->key_file, value);
}

static bool set_trusted_proxies(struct config *c, struct str value, struct buf *error)
{
    return netlist_add(&c->proxies, value, error);
}

static bool set_filename_format(struct config *c, struct str value, struct buf *error)
{
    struct filename_format filename = {0};
    if (!filename_parse(&filename, value, error))
        return false;
    filename_free(&c->filename);
    c->filename = filename;
    return true;
}

static bool is_in(const struct format **files, size_t count,
                  const struct format *format)
{
    for (size_t i = 0; i < count; i++)
        if (files[i] == format)
            return true;
    return false;
}

static bool set_format(struct config *c, struct str value, struct buf *error)
{
    const struct format **files = calloc(c->formats->count, sizeof *files);
    size_t count = 0;
    struct str word;
    if (!files)
        return false;
    while (value_next_word(&value, &word)) {
        const struct format *format = format_find(c->formats, word);
        if (!format) {
            free(files);
            return is_not(error, word, "a format");
        }
        if (!is_in(files, count, format))
            files[count++] = format;
    }
    free(c->files);
    c->files = files;
    c->file_count = count;
    return true;
}

static bool set_source(struct config *c, struct str value, struct buf *error)
{
    if (str_equal(value, STR("on")))
        c->source = true;
    else if (str_equal(value, STR("off")))
        c->source = false;
    else
        return is_not(error, value, "on or off");
    return true;
}

static bool set_number(uint32_t *field, uint32_t least, uint32_t most, struct str value,
                       struct buf *error)
{
    uint64_t number;
    if (!value_number(value, least, most, &number, error))
        return false;
    *field = (uint32_t)number;
    return true;
}

static bool set_max_nodes(struct config *c, struct str value, struct buf *error)
{
    return set_number(&c->max_nodes, 16, 16777216, value, error);
}

static bool set_max_active(struct config *c, struct str value, struct buf *error)
{
    return set_number(&c->max_active, 1, 65536, value, error);
}

static bool set_max_per_minute(struct config *c, struct str value, struct buf *error)
{
    return set_number(&c->max_per_minute, 0, 1000000000, value, error);
}

static bool set_max_time(struct config *c, struct str value, struct buf *error)
{
    return value_duration(value, MAX_TIME_LEAST_NS, MAX_TIME_MOST_NS, &c->max_ns,
                          error);
}

static bool set_dir_max_files(struct config *c, struct str value, struct buf *error)
{
    return set_number(&c->dir_max_files, 0, 1000000, value, error);
}

static bool set_dir_max_bytes(struct config *c, struct str value, struct buf *error)
{
    return value_bytes(value, DIR_MAX_BYTES_MOST, &c->dir_max_bytes, error);
}

struct setting {
    bool (*set)(struct config *c, struct str value, struct buf *error);
    const char *possible; /* NULL: the names of the formats */
    bool explains;        /* its errors say themselves what is possible */
    bool keeps_quotes;    /* they are part of the value's own syntax */
};

#define PATH_PATTERN "a regular expression searched in the path, as ^/reports"
#define FUNCTION_PATTERN "a regular expression searched in file:line(name), as /shop/"

static const struct setting settings[OPTION_COUNT] = {
    [OPTION_MODE] = {.set = set_mode, .possible = MODE_NAMES},
    [OPTION_INTERVAL] = {.set = set_interval, .possible = INTERVAL_RANGE},
    [OPTION_TRIGGER] = {.set = set_trigger, .possible = TRIGGER_SPECS},
    [OPTION_PATH] = {.set = set_path, .possible = PATH_PATTERN},
    [OPTION_SKIP] = {.set = set_skip, .possible = PATH_PATTERN},
    [OPTION_SHOW] = {.set = set_show, .possible = FUNCTION_PATTERN},
    [OPTION_HIDE] = {.set = set_hide, .possible = FUNCTION_PATTERN},
    [OPTION_OUTPUT] = {.set = set_output, .possible = "log, file, html"},
    [OPTION_STREAM] =
        {.set = set_stream,
         .possible = "a file in a directory that exists, as /var/log/profile.log"},
    [OPTION_LOG_STYLE] = {.set = set_log_style, .possible = "table, line, json"},
    [OPTION_SORT_BY] = {.set = set_sort_by,
                        .possible = "keys of pstats, as time, calls",
                        .explains = true},
    [OPTION_RESTRICTIONS] = {.set = set_restrictions,
                             .possible = "a list as 30, 0.1, foo, \"a,b\"; or none",
                             .explains = true,
                             .keeps_quotes = true},
    [OPTION_ALLOW] = {.set = set_allow,
                      .possible = "addresses and networks, as 127.0.0.1, 10.0.0.0/8",
                      .explains = true},
    [OPTION_KEY] = {.set = set_key, .possible = SECRET_POSSIBLE},
    [OPTION_KEY_FILE] = {.set = set_key_file,
                         .possible = "a file that holds the secret alone, as "
                                     "/etc/uwsgi/profiler.key"},
    [OPTION_TRUSTED_PROXIES] = {.set = set_trusted_proxies,
                                .possible =
                                    "addresses and networks, as 127.0.0.1, 10.0.0.0/8",
                                .explains = true},
    [OPTION_KEEP] = {.set = set_keep, .possible = KEEP_RULES},
    [OPTION_OFF_FILE] = {.set = set_off_file,
                         .possible = "a file, as /run/profiler.off"},
    [OPTION_DIR] = {.set = set_dir,
                    .possible =
                        "a directory whose parent exists, as /var/lib/profiles"},
    [OPTION_DIR_MODE] = {.set = set_dir_mode, .possible = "octal, 0700 to 0777"},
    [OPTION_FILE_MODE] = {.set = set_file_mode, .possible = "octal, 0600 to 0777"},
    [OPTION_FILENAME_FORMAT] = {.set = set_filename_format,
                                .possible = "text with fields, as {method}.{path}.prof",
                                .explains = true},
    [OPTION_FORMAT] = {.set = set_format},
    [OPTION_SOURCE] = {.set = set_source, .possible = "on, off"},
    [OPTION_MAX_NODES] = {.set = set_max_nodes, .possible = "16 to 16777216"},
    [OPTION_MAX_ACTIVE] = {.set = set_max_active, .possible = "1 to 65536"},
    [OPTION_MAX_PER_MINUTE] = {.set = set_max_per_minute,
                               .possible = "0 (no limit) to 1000000000"},
    [OPTION_MAX_TIME] = {.set = set_max_time, .possible = MAX_TIME_RANGE},
    [OPTION_DIR_MAX_FILES] = {.set = set_dir_max_files,
                              .possible = "0 (no limit) to 1000000"},
    [OPTION_DIR_MAX_BYTES] = {.set = set_dir_max_bytes,
                              .possible =
                                  "0 (no limit) to 1024g, as 256m; units k, m, g"},
};

static void add_possible(const struct config *c, const struct setting *s,
                         struct buf *error)
{
    buf_add_text(error, "; possible: ");
    if (s->possible)
        buf_add_text(error, s->possible);
    else
        format_names(c->formats, error);
}

bool setting_apply(struct config *c, enum option_id option, struct str value,
                   struct buf *error)
{
    const struct setting *s = &settings[option];
    size_t before = error->len;
    value = str_trim(value);
    if (!s->keeps_quotes)
        value = value_unquote(value);
    if (str_trim(value).len == 0) {
        buf_add_text(error, "the value is empty");
        add_possible(c, s, error);
        return false;
    }
    if (s->set(c, value, error)) {
        c->given |= UINT64_C(1) << option;
        return true;
    }
    if (error->len == before)
        buf_add_text(error, "out of memory");
    else if (!s->explains)
        add_possible(c, s, error);
    return false;
}
