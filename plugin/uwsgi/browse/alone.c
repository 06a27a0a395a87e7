#include "alone.h"

#include "shelf.h"

#include "uwsgi/server/configure.h"
#include "uwsgi/server/headers.h"

static int on_request(struct wsgi_request *r)
{
    static const char body[] = "not found\n";
    int status = shelf_answer(r);
    if (status != SHELF_PASSES)
        return status;
    if (!headers_start(r, "404 Not Found"))
        return UWSGI_OK;
    headers_add_text(r, "Content-Type", "text/plain; charset=utf-8");
    headers_add_number(r, "Content-Length", sizeof body - 1);
    if (headers_alone(r))
        uwsgi_response_write_headers_do(r);
    else
        uwsgi_response_write_body_do(r, (char *)body, sizeof body - 1);
    return UWSGI_OK;
}

bool shelf_take_server(void)
{
    static struct uwsgi_plugin shelf = {
        .name = "profiler-shelf",
        .request = on_request,
        .after_request = log_request,
    };
    if (!profiler.config.browse || uwsgi.p[0]->request != unconfigured_hook)
        return false;
    for (int i = 0; i < 256; i++)
        if (uwsgi.p[i]->name && !strcmp(uwsgi.p[i]->name, "python"))
            return false;
    uwsgi.p[0] = &shelf;
    return true;
}

static bool has_all_paths(void)
{
    return profiler.config.browse && !*profiler.config.browse;
}

static void hides(const char *with)
{
    struct buf error = {0};
    buf_printf(
        &error,
        "profiler-browse: \"/\" is for a server without an app, and this one has "
        "%s; possible: a path of the site, as /_profiles",
        with);
    configure_stop(&error);
}

void shelf_check_options(void)
{
    static const char *const loaders[] = {
        "module", "wsgi",  "wsgi-file", "file", "mount",    "eval",
        "paste",  "pecan", "ini-paste", "psgi", "need-app", "ini-paste-logged",
        "rack",
    };
    for (size_t i = 0; has_all_paths() && i < sizeof loaders / sizeof *loaders; i++)
        if (configure_given(loaders[i]))
            hides(loaders[i]);
}

void shelf_check_apps(void)
{
    if (has_all_paths() && uwsgi_apps_cnt > 0)
        hides("an app");
}
