#include "options.h"

#include "../report/formats.h"
#include "carry.h"

void options_stop(struct buf *error)
{
    uwsgi_log("%s\n", buf_cstr(error));
    exit(1);
}

static void on_option(char *name, char *value, void *unused)
{
    (void)unused;
    struct buf error = {0};
    if (!config_set(&profiler.config, str_from(name), str_from(value ? value : ""),
                    &error))
        options_stop(&error);
}

struct uwsgi_option *options_table(void)
{
    size_t count;
    const struct config_option *ours = config_options(&count);
    struct uwsgi_option *table = calloc(count + 1, sizeof *table);
    if (!table || !config_init(&profiler.config, &report_formats)) {
        uwsgi_log("profiler: out of memory\n");
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        table[i] = (struct uwsgi_option){
            .name = (char *)ours[i].name,
            .type = required_argument,
            .help = (char *)ours[i].help,
            .func = on_option,
        };
    return table;
}

static bool is_ours(const char *name)
{
    size_t count;
    const struct config_option *ours = config_options(&count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(ours[i].name, name))
            return true;
    return false;
}

/* uWSGI ignores an unknown option of a file: a mistyped one must not fail open. */
static void refuse_unknown(const char *name)
{
    if (!str_starts(str_from(name), STR("profiler-")) || is_ours(name))
        return;
    struct buf error = {0};
    const char *similar = config_similar_option(str_from(name));
    buf_printf(&error, "%s: there is no such option", name);
    if (similar)
        buf_printf(&error, "; did you mean %s?", similar);
    buf_add_text(&error, " (uwsgi --help lists all)");
    options_stop(&error);
}

void options_finish(void)
{
    for (int i = 0; i < uwsgi.exported_opts_cnt; i++)
        refuse_unknown(uwsgi.exported_opts[i]->key);
    struct buf error = {0};
    if (!config_finish(&profiler.config, &error))
        options_stop(&error);
    buf_free(&error);
}

/* The file cannot be read, or holds no secret. A site that runs is never stopped for
 * it; one that starts is, as by any other value that cannot be used. */
static void cannot_read_key(const char *path, const struct buf *why)
{
    struct buf error = {0};
    buf_printf(&error, "profiler-key-file: \"%s\": %.*s", path, (int)why->len,
               why->data);
    if (!uwsgi.is_a_reload) {
        buf_add_text(
            &error,
            "; possible: a file that this user can read, with " SECRET_POSSIBLE);
        options_stop(&error);
    }
    uwsgi_log("%s; flags are ignored until a reload can read it\n", buf_cstr(&error));
    buf_free(&error);
}

static void read_key_file(struct secret *key, const char *path, bool carried)
{
    struct buf why = {0};
    enum secret_file result = secret_read(key, path, &why);
    if (result == SECRET_FILE_EXPOSED)
        profiler_log("profiler-key-file: %s can be read or changed by others than its "
                     "owner: chmod 600",
                     path);
    if (result == SECRET_FILE_BAD)
        explicit_bzero(key, sizeof *key); /* a key that was taken away is no key */
    if (result == SECRET_FILE_BAD || (result == SECRET_FILE_DENIED && !carried))
        cannot_read_key(path, &why);
    buf_free(&why);
    carry_keep(path, key);
}

/* The application can ask the server for its options. */
static void hide_key(void)
{
    for (int i = 0; i < uwsgi.exported_opts_cnt; i++)
        if (!strcmp(uwsgi.exported_opts[i]->key, "profiler-key"))
            uwsgi.exported_opts[i]->value = "(hidden)";
}

void options_read_key(void)
{
    struct config *c = &profiler.config;
    hide_key();
    bool carried = carry_take(c->key_file, &c->key);
    if (c->key_file)
        read_key_file(&c->key, c->key_file, carried);
    if (c->key.len && c->key.len < SECRET_BYTES_GOOD)
        profiler_log("%s: a secret of %zu bytes can be guessed: take %d or more",
                     c->key_file ? "profiler-key-file" : "profiler-key", c->key.len,
                     SECRET_BYTES_GOOD);
}

void options_check_places(void)
{
    struct buf error = {0};
    if (!config_check_places(&profiler.config, &error))
        options_stop(&error);
}

bool options_server_has(const char *name)
{
    for (int i = 0; i < uwsgi.exported_opts_cnt; i++) {
        const char *value = uwsgi.exported_opts[i]->value;
        if (!strcmp(uwsgi.exported_opts[i]->key, name))
            return !value || (strcmp(value, "false") && strcmp(value, "0"));
    }
    return false;
}
