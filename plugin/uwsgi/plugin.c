/* The plugin's interface to the server. */

#include "uwsgi/browse/alone.h"
#include "uwsgi/browse/shelf.h"
#include "uwsgi/server/carry.h"
#include "uwsgi/request/harakiri.h"
#include "uwsgi/request/hooks.h"
#include "uwsgi/request/logchunk.h"
#include "uwsgi/deliver/logstream.h"
#include "metrics.h"
#include "uwsgi/server/offswitch.h"
#include "uwsgi/server/configure.h"
#include "uwsgi/server/paths.h"
#include "uwsgi/server/owncode.h"
#include "uwsgi/request/request.h"
#include "uwsgi/request/route.h"
#include "uwsgi/server/sender.h"
#include "uwsgi/server/shared.h"
#include "uwsgi/deliver/sink.h"
#include "startline.h"
#include "stop.h"

#include "system/clock.h"
#include "../python/interpreter.h"
#include "../python/selftest.h"

struct profiler profiler;

static void refuse(const char *why)
{
    uwsgi_log("profiler: not loaded: %s\n", why);
    exit(1);
}

/* uWSGI does not check the ABI, and another version has other structs. So compare
 * versions before any struct is accessed: a function returns the build flags, which
 * contain the version. */
static void check_server(void)
{
    const char *built = UWSGI_VERSION;
    __asm__("" : "+r"(built)); /* stays one string in the file, which a test changes */
    static const char key[] = "-DUWSGI_VERSION=\"\\\"";
    char *flags = uwsgi_get_cflags();
    const char *here = flags ? strstr(flags, key) : NULL;
    here = here ? here + sizeof key - 1 : "unknown";
    size_t len = strcspn(here, "\\");
    if (len != strlen(built) || memcmp(here, built, len) != 0) {
        struct buf why = {0};
        buf_printf(
            &why,
            "built for uWSGI %s, but this server is uWSGI %.*s: build it again "
            "with make UWSGI=<this uwsgi>, or with uwsgi-profiler build if pip has "
            "installed it",
            built, (int)len, here);
        refuse(buf_cstr(&why));
    }
    free(flags);
}

static void on_load(void)
{
    struct buf error = {0};
    check_server();
    if (interpreter_is_there() && !interpreter_check(&error))
        refuse(buf_cstr(&error));
    extern struct uwsgi_plugin profiler_plugin;
    profiler_plugin.options = configure_table();
    route_register();
    logchunk_register();
}

/* uWSGI calls this hook last before it can drop root. We only read the key in it, and
 * leave the jail to the server. */
static void on_jail(int (*start)(void *), char **argv)
{
    (void)start;
    (void)argv;
    configure_read_key();
}

static int on_init(void)
{
    configure_finish();
    route_finish();
    return 0;
}

/* A Python that the sampler would misread can only make deterministic profiles. */
static void check_sampling(void)
{
    struct buf why = {0};
    if (!selftest_frames(&why)) {
        profiler_log("sampling is off: %s", buf_cstr(&why));
        profiler.no_sampling = strdup(buf_cstr(&why));
    }
    buf_free(&why);
}

/* The Python plugin comes too late, or not at all. A shelf needs none. */
static void start_without_python(void)
{
    struct buf why = {0};
    if (!shelf_take_server()) {
        interpreter_check(&why);
        refuse(buf_cstr(&why));
    }
    if (!shared_create(uwsgi.numproc) || !paths_resolve())
        refuse("out of memory");
    configure_check_stored();
    startline_print_shelf();
    sender_prepare();
}

/* uWSGI starts Python only with a socket, a master or a command. Otherwise (a router
 * alone, a server that ends because it has no socket) no function of Python may be
 * called. */
static void on_post_init(void)
{
    shelf_check_options();
    if (!interpreter_is_there()) {
        start_without_python();
        return;
    }
    if (!interpreter_is_up()) {
        uwsgi_log("profiler: nothing is profiled here: without a socket and a master "
                  "uWSGI starts no Python; for requests, set http-socket = "
                  "127.0.0.1:8000\n");
        return;
    }
    if (!hooks_server() || !shared_create(uwsgi.numproc) || !paths_resolve())
        refuse("uWSGI's Python plugin is missing, or the server is out of memory");
    metrics_register();
    configure_check_places();
    check_sampling();
    interpreter_add_prefixes(&profiler.origins);
    profiler.headers_leave_at_once = configure_server_has("start_response-nodelay");
    startline_print();
    sender_prepare();
    paths_warn();
}

/* Called after the fork, and again when lazy apps are loaded. Mules and spoolers serve
 * no requests. */
static void on_worker(void)
{
    carry_drop();
    if (uwsgi.mywid > 0 && !interpreter_is_there() && !shelf_prepare())
        refuse("out of memory");
    if (uwsgi.mywid <= 0 || !profiler.python)
        return;
    if (!profiler.slots) {
        stop_enter_worker();
        profiler.slots = calloc((size_t)uwsgi.cores, sizeof *profiler.slots);
        profiler.env = collector_env_create();
        places_init(&profiler.places, profiler.config.max_active);
        owncode_prepare();
        profiler.draws = clock_ns(CLOCK_MONOTONIC) ^ (uint64_t)getpid() << 40;
        offswitch_prepare();
        sink_prepare();
    }
    harakiri_prepare();
    stop_prepare();
    /* A worker without memory before its first request is useless. Like uWSGI's own
     * allocations, this ends it, and the master starts another. */
    if (!profiler.slots || !profiler.env || !profiler.places.count || !hooks_worker())
        refuse("out of memory");
}

static void on_master_cycle(void)
{
    harakiri_cycle();
    stop_cycle();
}

__attribute__((visibility("default"))) struct uwsgi_plugin profiler_plugin = {
    .name = "profiler",
    .on_load = on_load,
    .jail = on_jail,
    .init = on_init,
    .post_init = on_post_init,
    .postinit_apps = shelf_check_apps,
    .post_fork = on_worker,
    .hijack_worker = on_worker,
    .master_cleanup = carry_over_reload,
    .atexit = stop_flush,
    .harakiri = harakiri_hook,
    .master_cycle = on_master_cycle,
};
