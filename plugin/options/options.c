#include "options.h"
#include "setters.h"
#include "base/similar.h"
#include "base/values.h"

#include <limits.h>
#include <stdlib.h>

#define OPTION_PREFIX STR("profiler-")

/* A file's path below the directory must fit, too, with its NUL. */
#define DIR_BYTES_MAX (PATH_MAX - FILENAME_MAX_BYTES - 2)
#define PATH_BYTES_MAX (PATH_MAX - 1)
#define BROWSE_BYTES_MAX 200

#define PATH_PATTERN "a regular expression searched in the path, as ^/reports"
#define FUNCTION_PATTERN "a regular expression searched in file:line(name), as /shop/"
#define NETWORKS "addresses and networks, as 127.0.0.1, 10.0.0.0/8"

/* Without OpenSSL no flag can prove a key. So a key stops the server, and is not
 * ignored: nobody is let in by it. */
#ifdef PROFILER_HAVE_OPENSSL
#define NO_KEY NULL
#else
#define NO_KEY                                                                         \
    "this plugin was built without OpenSSL, so no flag could prove a key; install "    \
    "OpenSSL's headers (Debian: apt-get install libssl-dev) and build it again"
#endif

static const struct option options[] = {
    {.name = "profiler-mode",
     .help = "how requests are profiled: deterministic (every call), or sampling (the "
             "stack, at intervals)",
     .defaults = {"deterministic"},
     .possible = MODE_NAMES,
     .set = set_mode},
    {.name = "profiler-interval",
     .help = "time between two samples, " INTERVAL_RANGE,
     .defaults = {"1ms"},
     .possible = INTERVAL_RANGE,
     .set = set_duration,
     .field = FIELD(interval_ns),
     .least = INTERVAL_LEAST_NS,
     .most = INTERVAL_MOST_NS},
    {.name = "profiler-trigger",
     .help = "which requests are profiled: " TRIGGER_SPECS " (repeatable)",
     .defaults = {"query:profile", "header:X-Profile"},
     .possible = TRIGGER_SPECS,
     .set = set_trigger,
     .empty = empty_triggers},
    {.name = "profiler-path",
     .help = "profile only paths that match this regular expression (repeatable)",
     .possible = PATH_PATTERN,
     .set = set_regex,
     .field = FIELD(path)},
    {.name = "profiler-skip",
     .help = "never profile paths that match this regular expression (repeatable)",
     .possible = PATH_PATTERN,
     .set = set_regex,
     .field = FIELD(skip)},
    {.name = "profiler-show",
     .help = "sampling: functions whose file:line(name) matches this regular "
             "expression are own code, not a library's (repeatable)",
     .possible = FUNCTION_PATTERN,
     .set = set_regex,
     .field = FIELD(show)},
    {.name = "profiler-hide",
     .help = "sampling: functions whose file:line(name) matches this regular "
             "expression are not own code (repeatable)",
     .possible = FUNCTION_PATTERN,
     .set = set_regex,
     .field = FIELD(hide)},
    {.name = "profiler-group",
     .help = "REGEX NAME: stored profiles of paths that match this regular expression "
             "belong to the route NAME (repeatable)",
     .default_text =
         "segments that are numbers, UUIDs, or 8 or more hexadecimal digits are *",
     .possible =
         "REGEX NAME, as ^/orders/\\d+ /orders/*; \\1 to \\9 of the match in NAME",
     .set = set_group},
    {.name = "profiler-output",
     .help = "where reports go: a list of log, file, html (a page in a browser)",
     .defaults = {"log, html"},
     .default_text = "log, html, and file once profiler-dir is set",
     .possible = "log, file, html",
     .set = set_output},
    {.name = "profiler-stream",
     .help = "append the log reports to this file instead of uWSGI's log",
     .possible = "a file in a directory that exists, as /var/log/profile.log",
     .set = set_path,
     .field = FIELD(stream),
     .most = PATH_BYTES_MAX},
    {.name = "profiler-log-style",
     .help = "form of the log reports: table, line, json (one line)",
     .defaults = {"table"},
     .default_text = "table; line for always and ratio on uWSGI's log",
     .possible = "table, line, json",
     .set = set_log_style},
    {.name = "profiler-sort-by",
     .help = "sort the table by these keys of pstats",
     .defaults = {"time, calls"},
     .possible = "keys of pstats, as time, calls",
     .set = set_sort_by,
     .explains = true},
    {.name = "profiler-restrictions",
     .help = "rows of the table, as in pstats: a list of counts, fractions, regular "
             "expressions; or none",
     .defaults = {"40"},
     .possible = "a list as 30, 0.1, foo, \"a,b\"; or none",
     .set = set_restrictions,
     .explains = true,
     .keeps_quotes = true},
    {.name = "profiler-allow",
     .help = "addresses and networks of clients that may profile",
     .default_text = "this machine only",
     .possible = NETWORKS,
     .set = set_allow,
     .field = FIELD(allow),
     .explains = true},
    {.name = "profiler-key",
     .help = "secret that flags must prove, by key= in a header or cookie, or by a "
             "signature",
     .possible = SECRET_POSSIBLE,
     .set = set_key,
     .missing = NO_KEY},
    {.name = "profiler-key-file",
     .help = "the same secret, read from this file before root is dropped",
     .possible = "a file that holds the secret alone, as /etc/uwsgi/profiler.key",
     .set = set_path,
     .field = FIELD(key_file),
     .most = PATH_BYTES_MAX,
     .missing = NO_KEY},
    {.name = "profiler-trusted-proxies",
     .help = "addresses and networks of proxies whose X-Forwarded-For is believed",
     .default_text = "none",
     .possible = NETWORKS,
     .set = set_networks,
     .field = FIELD(proxies),
     .explains = true},
    {.name = "profiler-keep",
     .help =
         "report only profiles of always and ratio that match one of these: " KEEP_RULES
         " (repeatable)",
     .defaults = {"all"},
     .possible = KEEP_RULES,
     .set = set_keep,
     .empty = empty_keep},
    {.name = "profiler-off-file",
     .help = "while this file exists nothing is profiled (checked once a second)",
     .possible = "a file, as /run/profiler.off",
     .set = set_path,
     .field = FIELD(off_file),
     .most = PATH_BYTES_MAX},
    {.name = "profiler-dir",
     .help = "directory of the per-request files",
     .possible = "a directory whose parent exists, as /var/lib/profiles",
     .set = set_path,
     .field = FIELD(dir),
     .most = DIR_BYTES_MAX},
    {.name = "profiler-dir-mode",
     .help = "permissions of the directory, octal",
     .defaults = {"0700"},
     .possible = "octal, 0700 to 0777",
     .set = set_permissions,
     .field = FIELD(dir_mode),
     .least = 0700},
    {.name = "profiler-file-mode",
     .help = "permissions of the files, octal",
     .defaults = {"0600"},
     .possible = "octal, 0600 to 0777",
     .set = set_permissions,
     .field = FIELD(file_mode),
     .least = 0600},
    {.name = "profiler-filename-format",
     .help = "names of the files: text with {method} {path} {elapsed} {time} {id} "
             "{mode} {status} {pid} {worker}",
     .defaults = {"{method}.{path}.{elapsed:.0f}ms.{time:.0f}.prof"},
     .possible = "text with fields, as {method}.{path}.prof",
     .set = set_filename_format,
     .explains = true},
    {.name = "profiler-format",
     .help = "formats of the files, a list",
     .defaults = {"prof"},
     .set = set_format},
    {.name = "profiler-source",
     .help = "sampling: html and json show the source text of lines, read from their "
             "files by the worker: on, off",
     .defaults = {"off"},
     .possible = "on, off",
     .set = set_source},
    {.name = "profiler-max-nodes",
     .help = "most nodes of one call tree",
     .defaults = {"65536"},
     .set = set_number,
     .field = FIELD(max_nodes),
     .least = 16,
     .most = 16777216},
    {.name = "profiler-max-active",
     .help = "most profiles at once in one worker",
     .defaults = {"4"},
     .set = set_number,
     .field = FIELD(max_active),
     .least = 1,
     .most = 65536},
    {.name = "profiler-max-per-minute",
     .help =
         "most profiles a minute, over all workers; always and ratio do not count; 0: "
         "no limit",
     .defaults = {"60"},
     .set = set_number,
     .field = FIELD(max_per_minute),
     .most = 1000000000},
    {.name = "profiler-max-time",
     .help = "longest profile; the rest of a longer request is not profiled",
     .defaults = {"60s"},
     .possible = MAX_TIME_RANGE,
     .set = set_duration,
     .field = FIELD(max_ns),
     .least = MAX_TIME_LEAST_NS,
     .most = MAX_TIME_MOST_NS},
    {.name = "profiler-dir-max-files",
     .help = "most files in profiler-dir: above it the oldest profiles are removed; 0: "
             "no limit",
     .defaults = {"1000"},
     .set = set_number,
     .field = FIELD(dir_max_files),
     .most = 1000000},
    {.name = "profiler-dir-max-bytes",
     .help =
         "most bytes of the files in profiler-dir: above it the oldest profiles are "
         "removed; units k, m, g; 0: no limit",
     .defaults = {"256m"},
     .possible = "0 (no limit) to 1024g, as 256m; units k, m, g",
     .set = set_bytes,
     .field = FIELD(dir_max_bytes),
     .most = DIR_MAX_BYTES_MOST},
    {.name = "profiler-browse",
     .help = "show stored profiles below this path to clients that may profile; / in a "
             "server without an app",
     .possible = "a path of the site, as /_profiles; / in a server without an app",
     .set = set_browse,
     .most = BROWSE_BYTES_MAX},
    {.name = "profiler-browse-host",
     .help = "host names under which profiler-browse answers, with profiler-allow and "
             "without a key; addresses always do (repeatable)",
     .possible = "a host name, as profiles.example.com",
     .set = set_browse_host},
};

#define OPTION_COUNT (sizeof options / sizeof *options)

_Static_assert(OPTION_COUNT <= 64, "config.given has a bit for each option");

/* ------------------------------------------------------------------ the table */

size_t options_count(void)
{
    return OPTION_COUNT;
}

const char *options_name(size_t i)
{
    return options[i].name;
}

void options_help(size_t i, struct buf *out)
{
    const struct option *o = &options[i];
    buf_add_text(out, o->help);
    if (!o->defaults[0] && !o->default_text)
        return;
    buf_add_text(out, " (default ");
    buf_add_text(out, o->default_text ? o->default_text : o->defaults[0]);
    if (!o->default_text && o->defaults[1])
        buf_printf(out, ", %s", o->defaults[1]);
    buf_add_char(out, ')');
}

static const struct option *find(struct str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (str_equal(name, str_from(options[i].name)))
            return &options[i];
    return NULL;
}

static uint64_t bit_of(const struct option *o)
{
    return UINT64_C(1) << (o - options);
}

/* Was the option set explicitly? */
static bool is_given(const struct config *c, const char *name)
{
    return c->given & bit_of(find(str_from(name)));
}

const char *options_similar(struct str option)
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

/* ------------------------------------------------------------------ values */

static void add_possible(const struct config *c, const struct option *o,
                         struct buf *error)
{
    buf_add_text(error, "; possible: ");
    if (o->possible)
        buf_add_text(error, o->possible);
    else if (o->set == set_format)
        format_names(c->formats, error);
    else
        buf_printf(error, "%llu%s to %llu", (unsigned long long)o->least,
                   o->least ? "" : " (no limit)", (unsigned long long)o->most);
}

/* The errors are those of options_set, without the option's name. */
static bool apply(struct config *c, const struct option *o, struct str value,
                  struct buf *error)
{
    size_t before = error->len;
    if (o->missing) {
        buf_add_text(error, o->missing);
        return false;
    }
    value = str_trim(value);
    if (!o->keeps_quotes)
        value = value_unquote(value);
    if (str_trim(value).len == 0) {
        buf_add_text(error, "the value is empty");
        add_possible(c, o, error);
        return false;
    }
    if (o->empty && !(c->given & bit_of(o)))
        o->empty(c);
    if (o->set(c, o, value, error)) {
        c->given |= bit_of(o);
        return true;
    }
    if (error->len == before)
        buf_add_text(error, "out of memory");
    else if (!o->explains)
        add_possible(c, o, error);
    return false;
}

static bool set_defaults(struct config *c)
{
    struct buf unused = {0};
    bool ok = true;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        for (int k = 0; ok && k < 2 && options[i].defaults[k]; k++)
            ok = apply(c, &options[i], str_from(options[i].defaults[k]), &unused);
    buf_free(&unused);
    return ok;
}

bool options_init(struct config *c, const struct format_table *formats)
{
    *c = (struct config){
        .formats = formats,
        .page = format_find(formats, STR("html")),
    };
    if (!set_defaults(c)) {
        config_free(c);
        return false;
    }
    c->log_style_always = LOG_LINE;
    c->given = 0;
    return true;
}

static bool unknown_option(struct str option, struct buf *error)
{
    buf_add_quoted(error, option);
    buf_add_text(error, " is not an option of this profiler");
    const char *similar = options_similar(option);
    if (similar)
        buf_printf(error, "; did you mean %s?", similar);
    return false;
}

bool options_set(struct config *c, struct str option, struct str value,
                 struct buf *error)
{
    const struct option *o = find(option);
    if (!o)
        return unknown_option(option, error);
    size_t before = error->len;
    buf_printf(error, "%s: ", o->name);
    if (!apply(c, o, value, error))
        return false;
    error->len = error->failed ? error->len : before;
    return true;
}

bool options_finish(struct config *c, struct buf *error)
{
    if (c->outputs & OUTPUT_FILE && !c->dir) {
        buf_add_text(error,
                     "profiler-output: \"file\" needs a directory; set profiler-dir, "
                     "or leave file out");
        return false;
    }
    if (is_given(c, "profiler-key") && c->key_file) {
        buf_add_text(error, "profiler-key-file: profiler-key is set, too; leave one of "
                            "them out");
        return false;
    }
    if (c->browse && !c->dir) {
        buf_add_text(error,
                     "profiler-browse: it shows the profiles in a directory; set "
                     "profiler-dir, or leave it out");
        return false;
    }
    if (c->browse)
        config_add_file(c, format_find(c->formats, STR("json")));
    if (!is_given(c, "profiler-output") && c->dir)
        c->outputs |= OUTPUT_FILE;
    if (is_given(c, "profiler-log-style") || c->stream)
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

bool options_check_places(const struct config *c, struct buf *error)
{
    return check_place("profiler-dir", c->dir, PLACE_DIRECTORY, error) &&
           check_place("profiler-stream", c->stream, PLACE_FILE, error);
}
