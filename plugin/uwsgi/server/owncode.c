#include "owncode.h"

#include "python/apps.h"

#define NAMES_MAX 64

static bool *known; /* by app id */

/* Returns the module in "shop.wsgi:application" or "/shop=shop.wsgi:application". Apps
 * given as files are found through Python's modules. */
static struct str module_of(const char *value)
{
    const char *mounted = *value == '/' ? strchr(value, '=') : NULL;
    value = mounted ? mounted + 1 : value;
    return (struct str){value, strcspn(value, ":")};
}

/* Reads the options anew each time, since the server modifies their texts. */
static size_t find_names(struct str names[NAMES_MAX])
{
    static const char *const options[] = {"module", "wsgi", "mount", "wsgi-mount"};
    size_t count = 0;
    for (int i = 0; i < uwsgi.exported_opts_cnt && count < NAMES_MAX; i++) {
        const struct uwsgi_opt *option = uwsgi.exported_opts[i];
        for (size_t j = 0; j < sizeof options / sizeof *options; j++)
            if (option->value && !strcmp(option->key, options[j]))
                names[count++] = module_of(option->value);
    }
    return count;
}

void owncode_prepare(void)
{
    char *directory = getcwd(NULL, 0);
    if (directory)
        origins_add_own(&profiler.origins, str_from(directory));
    free(directory);
    known = calloc((size_t)uwsgi.max_apps, sizeof *known);
}

void owncode_find(const struct wsgi_request *r)
{
    struct str names[NAMES_MAX];
    if (!known || r->app_id < 0 || r->app_id >= uwsgi.max_apps || known[r->app_id])
        return;
    known[r->app_id] = true;
    apps_find_places(&profiler.origins, uwsgi_apps[r->app_id].callable, names,
                     find_names(names));
}
