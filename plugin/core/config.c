#include "config.h"
#include "settings.h"
#include "values.h"
#include "similar.h"
#include "triggerspec.h"

#include <stdlib.h>

#define OPTION_PREFIX STR("profiler-")

static const struct config_option options[OPTION_COUNT] = {
    [OPTION_MODE] = {"profiler-mode",
                     "how requests are profiled: deterministic (every call), or "
                     "sampling (where it is, at intervals; default deterministic)"},
    [OPTION_INTERVAL] = {"profiler-interval",
                         "time between two samples, " INTERVAL_RANGE " (default 1ms)"},
    [OPTION_TRIGGER] =
        {"profiler-trigger",
         "what asks for a profile: query:NAME, header:NAME, cookie:NAME, "
         "var:NAME, always, ratio:0.01 (repeatable; default query:profile, "
         "header:X-Profile)"},
    [OPTION_PATH] = {"profiler-path",
                     "profile only paths in which this regular expression is found "
                     "(repeatable)"},
    [OPTION_SKIP] = {"profiler-skip",
                     "never profile paths in which this regular expression is found "
                     "(repeatable)"},
    [OPTION_SHOW] = {"profiler-show",
                     "sampling: functions in whose file:line(name) this regular "
                     "expression is found are own code, not a library's (repeatable)"},
    [OPTION_HIDE] = {"profiler-hide",
                     "sampling: functions in whose file:line(name) this regular "
                     "expression is found are not own code (repeatable)"},
    [OPTION_OUTPUT] =
        {"profiler-output",
         "where reports go: a list of log, file, html (a page in a browser); default "
         "log, html, and file once profiler-dir is set"},
    [OPTION_STREAM] = {"profiler-stream",
                       "append the log reports to this file instead of uWSGI's log"},
    [OPTION_LOG_STYLE] = {"profiler-log-style",
                          "form of the log reports: table, line, json (one line; "
                          "default table; line for "
                          "always and ratio on uWSGI's log)"},
    [OPTION_SORT_BY] = {"profiler-sort-by",
                        "sort the table by these keys of pstats (default time, calls)"},
    [OPTION_RESTRICTIONS] = {"profiler-restrictions",
                             "rows of the table, as in pstats: a list of counts, "
                             "fractions, regular expressions; or none (default 40)"},
    [OPTION_ALLOW] = {"profiler-allow",
                      "obey the flags of these addresses and networks (default: this "
                      "machine only)"},
    [OPTION_KEY] = {"profiler-key",
                    "flags have to prove this secret, by key= in a header or cookie, "
                    "or by a signature"},
    [OPTION_KEY_FILE] = {"profiler-key-file",
                         "the same secret, read from this file before root is dropped"},
    [OPTION_TRUSTED_PROXIES] =
        {"profiler-trusted-proxies",
         "believe the X-Forwarded-For of these addresses and networks (default: none)"},
    [OPTION_KEEP] = {"profiler-keep",
                     "of always and ratio, report only what matches one of these: all, "
                     "slower:500ms, status:5xx, status:404, exception (repeatable; "
                     "default all)"},
    [OPTION_OFF_FILE] = {"profiler-off-file",
                         "while this file exists nothing is profiled (looked at once a "
                         "second)"},
    [OPTION_DIR] = {"profiler-dir", "directory of the per-request files"},
    [OPTION_DIR_MODE] = {"profiler-dir-mode",
                         "permissions of the directory, octal (default 0700)"},
    [OPTION_FILE_MODE] = {"profiler-file-mode",
                          "permissions of the files, octal (default 0600)"},
    [OPTION_FILENAME_FORMAT] =
        {"profiler-filename-format",
         "names of the files: text with {method} {path} {elapsed} "
         "{time} {id} {mode} {status} {pid} {worker}"},
    [OPTION_FORMAT] = {"profiler-format",
                       "formats of the files, a list (default prof)"},
    [OPTION_SOURCE] = {"profiler-source",
                       "sampling: html and json show the source text of lines, read "
                       "from their files by the worker: on, off (default off)"},
    [OPTION_MAX_NODES] = {"profiler-max-nodes",
                          "nodes of one call tree (default 65536)"},
    [OPTION_MAX_ACTIVE] = {"profiler-max-active",
                           "profiles at once in one worker (default 4)"},
    [OPTION_MAX_PER_MINUTE] =
        {"profiler-max-per-minute",
         "profiles a minute, over all workers, always and ratio not counted (default "
         "60; 0: no limit)"},
    [OPTION_MAX_TIME] = {"profiler-max-time",
                         "a profile of a longer request ends then (default 60s)"},
    [OPTION_DIR_MAX_FILES] =
        {"profiler-dir-max-files",
         "above so many files in profiler-dir the oldest profiles are removed (default "
         "1000; 0: never)"},
    [OPTION_DIR_MAX_BYTES] = {"profiler-dir-max-bytes",
                              "above this size of the files in profiler-dir the oldest "
                              "profiles are removed; "
                              "units k, m, g (default 256m; 0: never)"},
};

const struct config_option *config_options(size_t *count)
{
    *count = OPTION_COUNT;
    return options;
}

const char *mode_name(enum profile_mode mode)
{
    static const char *const names[MODE_COUNT] = {
        [MODE_DETERMINISTIC] = "deterministic",
        [MODE_SAMPLING] = "sampling",
    };
    return names[mode];
}

bool mode_find(struct str name, enum profile_mode *mode)
{
    for (enum profile_mode m = 0; m < MODE_COUNT; m++)
        if (str_equal(name, str_from(mode_name(m)))) {
            *mode = m;
            return true;
        }
    return false;
}

/* The defaults are written as a user would write them. False when out of memory. */
static bool set_defaults(struct config *c)
{
    static const struct {
        enum option_id option;
        struct str value;
    } defaults[] = {
        {OPTION_TRIGGER, {"query:profile", 13}},
        {OPTION_SORT_BY, {"time, calls", 11}},
        {OPTION_RESTRICTIONS, {"40", 2}},
        {OPTION_FILENAME_FORMAT,
         {"{method}.{path}.{elapsed:.0f}ms.{time:.0f}.prof", 47}},
    };
    struct buf error = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof defaults / sizeof *defaults; i++)
        ok = setting_apply(c, defaults[i].option, defaults[i].value, &error);
    ok = ok && triggers_add(c, STR("header:X-Profile"), &error);
    buf_free(&error);
    c->files = ok ? calloc(1, sizeof *c->files) : NULL;
    c->given = 0;
    return c->files != NULL;
}

bool config_init(struct config *c, const struct format_table *formats)
{
    *c = (struct config){
        .mode = MODE_DETERMINISTIC,
        .interval_ns = INTERVAL_DEFAULT_NS,
        .outputs = OUTPUT_LOG | OUTPUT_HTML,
        .log_style = LOG_TABLE,
        .log_style_always = LOG_LINE,
        .dir_mode = 0700,
        .file_mode = 0600,
        .max_nodes = 65536,
        .max_active = 4,
        .max_per_minute = 60,
        .keep = {.all = true},
        .max_ns = MAX_TIME_DEFAULT_NS,
        .dir_max_files = DIR_MAX_FILES_DEFAULT,
        .dir_max_bytes = DIR_MAX_BYTES_DEFAULT,
        .formats = formats,
        .page = format_find(formats, STR("html")),
    };
    if (!set_defaults(c)) {
        config_free(c);
        return false;
    }
    c->files[0] = format_find(formats, STR("prof"));
    c->file_count = c->files[0] ? 1 : 0;
    return true;
}

static bool unknown_option(struct str option, struct buf *error)
{
    buf_add_quoted(error, option);
    buf_add_text(error, " is not an option of this profiler");
    const char *similar = config_similar_option(option);
    if (similar)
        buf_printf(error, "; did you mean %s?", similar);
    return false;
}

bool config_set(struct config *c, struct str option, struct str value,
                struct buf *error)
{
    size_t before = error->len;
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (!str_equal(option, str_from(options[id].name)))
            continue;
        buf_printf(error, "%s: ", options[id].name);
        if (!setting_apply(c, id, value, error))
            return false;
        error->len = error->failed ? error->len : before;
        return true;
    }
    return unknown_option(option, error);
}

bool config_finish(struct config *c, struct buf *error)
{
    if (c->outputs & OUTPUT_FILE && !c->dir) {
        buf_add_text(error,
                     "profiler-output: \"file\" needs a directory; set profiler-dir, "
                     "or leave file out");
        return false;
    }
    if (option_given(c, OPTION_KEY) && option_given(c, OPTION_KEY_FILE)) {
        buf_add_text(error, "profiler-key-file: profiler-key is set, too; leave one of "
                            "them out");
        return false;
    }
    if (!option_given(c, OPTION_OUTPUT) && c->dir)
        c->outputs |= OUTPUT_FILE;
    if (option_given(c, OPTION_LOG_STYLE) || c->stream)
        c->log_style_always = c->log_style;
    return true;
}

static bool check_place(const char *option, const char *path, enum place place,
                        struct buf *error)
{
    struct buf why = {0};
    bool ok = !path || value_place(str_from(path), place, &why);
    if (!ok) {
        buf_printf(error, "%s: %s", option, buf_cstr(&why));
        if (place == PLACE_DIRECTORY)
            buf_add_text(error,
                         "; possible: a directory, or a new one in one that exists");
        else
            buf_add_text(error, "; possible: a file in a directory that exists");
    }
    buf_free(&why);
    return ok;
}

bool config_check_places(const struct config *c, struct buf *error)
{
    return check_place("profiler-dir", c->dir, PLACE_DIRECTORY, error) &&
           check_place("profiler-stream", c->stream, PLACE_FILE, error);
}

const char *config_similar_option(struct str option)
{
    struct str tail = option;
    if (str_starts(option, OPTION_PREFIX))
        tail = (struct str){option.data + OPTION_PREFIX.len,
                            option.len - OPTION_PREFIX.len};
    const char *best = NULL;
    size_t least = similar_enough(tail);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        size_t distance = similar_distance(option, str_from(options[i].name));
        if (distance > least || (best && distance == least))
            continue;
        least = distance;
        best = options[i].name;
    }
    return best;
}

struct report_choice config_choice(const struct config *c)
{
    return (struct report_choice){
        .outputs = c->outputs,
        .log_style = c->log_style,
        .sort = c->sort,
        .restrictions = &c->restrictions,
        .limit = -1,
        .files = c->files,
        .file_count = c->file_count,
        .source = c->source,
        .rules = {.show = &c->show, .hide = &c->hide},
    };
}

static void free_regexes(struct regex_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        regex_free(list->items[i]);
    free(list->items);
}

void config_free(struct config *c)
{
    triggers_free(c);
    free_regexes(&c->path);
    free_regexes(&c->skip);
    free_regexes(&c->show);
    free_regexes(&c->hide);
    free(c->stream);
    restrictions_free(&c->restrictions);
    free(c->dir);
    free(c->off_file);
    filename_free(&c->filename);
    free(c->files);
    netlist_free(&c->allow);
    free(c->not_allowed);
    netlist_free(&c->proxies);
    explicit_bzero(&c->key, sizeof c->key);
    free(c->key_file);
    *c = (struct config){0};
}
