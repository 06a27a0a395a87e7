#include "configure.h"

#include "options/options.h"
#include "report/formats.h"
#include "carry.h"

void configure_stop(struct buf *error)
{
    profiler_log_error("%s", buf_cstr(error));
    exit(1);
}

static void on_option(char *name, char *value, void *unused)
{
    (void)unused;
    struct buf error = {0};
    if (!options_set(&profiler.config, str_from(name), str_from(value ? value : ""),
                     &error))
        configure_stop(&error);
}

static char *help_of(size_t option)
{
    struct buf help = {0};
    options_help(option, &help);
    char *copy = help.failed ? NULL : strdup(buf_cstr(&help));
    buf_free(&help);
    return copy;
}

struct uwsgi_option *configure_table(void)
{
    size_t count = options_count();
    struct uwsgi_option *table = calloc(count + 1, sizeof *table);
    if (!table || !options_init(&profiler.config, &report_formats)) {
        uwsgi_log("profiler: out of memory\n");
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        table[i] = (struct uwsgi_option){
            .name = (char *)options_name(i),
            .type = required_argument,
            .help = help_of(i),
            .func = on_option,
        };
    return table;
}

static bool is_ours(const char *name)
{
    for (size_t i = 0; i < options_count(); i++)
        if (!strcmp(options_name(i), name))
            return true;
    return false;
}

/* uWSGI ignores unknown options in a file. A misspelt one must not open access. */
static void refuse_unknown(const char *name)
{
    struct str option = str_from(name);
    const char *similar = NULL;
    bool is_meant = str_starts(option, STR("profiler-")) ||
                    str_starts(option, STR("profiler_")); /* names in YAML */
    if (is_ours(name))
        return;
    if (is_meant || str_starts(option, STR("profile-")) ||
        str_starts(option, STR("profile_")))
        similar = options_similar(option);
    if (!is_meant && !similar) /* the configuration may define names of its own */
        return;
    struct buf error = {0};
    buf_printf(&error, "%s: there is no such option", name);
    if (similar)
        buf_printf(&error, "; did you mean %s?", similar);
    buf_add_text(&error, " (uwsgi --help lists all)");
    configure_stop(&error);
}

void configure_finish(void)
{
    for (int i = 0; i < uwsgi.exported_opts_cnt; i++)
        refuse_unknown(uwsgi.exported_opts[i]->key);
    struct buf error = {0};
    if (!options_finish(&profiler.config, &error))
        configure_stop(&error);
    buf_free(&error);
}

/* The file is unreadable, or holds no secret. This stops a server that starts, like any
 * other bad value, but never a running site. */
static void cannot_read_key(const char *path, const struct buf *why)
{
    struct buf error = {0};
    buf_printf(&error, "profiler-key-file: \"%s\": %.*s", path, (int)why->len,
               why->data);
    if (!uwsgi.is_a_reload) {
        buf_add_text(
            &error,
            "; possible: a file that this user can read, with " SECRET_POSSIBLE);
        configure_stop(&error);
    }
    profiler_log_error("%s; flags are ignored until a reload can read it",
                       buf_cstr(&error));
    buf_free(&error);
}

/* A new key that this user cannot read is not used: warn the administrator. */
static void warn_stale(const char *path, struct timespec read, struct timespec now)
{
    if (read.tv_sec == now.tv_sec && read.tv_nsec == now.tv_nsec)
        return;
    profiler_log("profiler-key-file: %s has changed, but this user cannot read it: "
                 "the old key stays valid until the server is restarted",
                 path);
}

static struct timespec time_of_change(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mtim : (struct timespec){0};
}

/* carried: key already holds the secret from the previous server, read when the file's
 * st_mtim was carried_time. */
static void read_key_file(struct secret *key, const char *path, bool carried,
                          struct timespec carried_time)
{
    struct buf why = {0};
    struct timespec changed = time_of_change(path);
    enum secret_file result = secret_read(key, path, &why);
    if (result == SECRET_FILE_EXPOSED)
        profiler_log("profiler-key-file: %s can be read or changed by others than its "
                     "owner: chmod 600",
                     path);
    if (result == SECRET_FILE_BAD)
        explicit_bzero(key, sizeof *key); /* a removed key is no longer valid */
    if (result == SECRET_FILE_DENIED && carried) {
        warn_stale(path, carried_time, changed);
        changed = carried_time;
    } else if (result == SECRET_FILE_DENIED || result == SECRET_FILE_BAD) {
        cannot_read_key(path, &why);
    }
    buf_free(&why);
    carry_keep(path, key, changed);
}

/* Returns the option of any plugin as it was set, or NULL. */
static struct uwsgi_opt *given(const char *name)
{
    for (int i = 0; i < uwsgi.exported_opts_cnt; i++)
        if (!strcmp(uwsgi.exported_opts[i]->key, name))
            return uwsgi.exported_opts[i];
    return NULL;
}

bool configure_given(const char *name)
{
    return given(name) != NULL;
}

bool configure_server_has(const char *name)
{
    const struct uwsgi_opt *option = given(name);
    return option && (!option->value ||
                      (strcmp(option->value, "false") && strcmp(option->value, "0")));
}

/* The application can read the server's options. */
static void hide_key(void)
{
    for (int i = 0; i < uwsgi.exported_opts_cnt; i++)
        if (!strcmp(uwsgi.exported_opts[i]->key, "profiler-key"))
            uwsgi.exported_opts[i]->value = (char *)"(hidden)";
}

void configure_read_key(void)
{
    struct config *c = &profiler.config;
    hide_key();
    struct timespec changed = {0};
    bool carried = carry_take(c->key_file, &c->key, &changed);
    if (c->key_file)
        read_key_file(&c->key, c->key_file, carried, changed);
    if (c->key.len && c->key.len < SECRET_BYTES_GOOD)
        profiler_log("%s: a secret of %zu bytes can be guessed: take %d or more",
                     c->key_file ? "profiler-key-file" : "profiler-key", c->key.len,
                     SECRET_BYTES_GOOD);
}

void configure_check_places(void)
{
    struct buf error = {0};
    if (!options_check_places(&profiler.config, &error))
        configure_stop(&error);
}

void configure_check_stored(void)
{
    struct buf error = {0};
    struct stat st;
    const char *dir = profiler.config.dir;
    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
        return;
    buf_add_text(&error, "profiler-dir: ");
    buf_add_quoted(&error, str_from(dir));
    buf_add_text(&error, " is not a directory that exists; possible: one with stored "
                         "profiles");
    configure_stop(&error);
}
