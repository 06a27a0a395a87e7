#include "hooks.h"

#include "request.h"
#include "uwsgi/browse/shelf.h"

#include <sys/mman.h>

struct app_hook {
    void *(*request)(struct wsgi_request *, struct uwsgi_app *);
    int (*response)(struct wsgi_request *);
};

struct socket_hook {
    const struct uwsgi_socket *socket;
    int (*fix_headers)(struct wsgi_request *);
};

/* The original functions. */
static struct {
    int (*request)(struct wsgi_request *);
    void (*suspend)(struct wsgi_request *);
    void (*resume)(struct wsgi_request *);
    void (*exception_log)(struct wsgi_request *);
    struct app_hook *apps; /* see app_hook */
    struct socket_hook *sockets;
    size_t socket_count;
    const struct uwsgi_clock *clock;
    int apps_taken;   /* number of apps of this worker whose functions are replaced */
    bool worker_done; /* the functions of its sockets and of its clock are replaced */
} before;

/* Returns the hook of this worker's app. Hooks are in shared memory, as the apps are: a
 * worker that replaces a dead one finds the functions of its apps replaced already. */
static struct app_hook *app_hook(int id)
{
    return &before.apps[uwsgi.mywid * uwsgi.max_apps + id];
}

/* The server loads its pointer to our function plainly. On a processor that reorders
 * loads, the pointer to the original function could be loaded before it. */
static void order_loads(void)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static void *on_call(struct wsgi_request *r, struct uwsgi_app *app)
{
    struct request_slot *slot = request_slot(r);
    order_loads();
    void *(*call)(struct wsgi_request *, struct uwsgi_app *) =
        __atomic_load_n(&app_hook(r->app_id)->request, __ATOMIC_RELAXED);
    if (!request_is_flagged(slot))
        return call(r, app);
    request_start(slot, r);
    void *result = call(r, app);
    request_called(slot, result != NULL);
    return result;
}

static int on_chunk(struct wsgi_request *r)
{
    request_chunk(request_slot(r), r);
    order_loads();
    int (*next)(struct wsgi_request *) =
        __atomic_load_n(&app_hook(r->app_id)->response, __ATOMIC_RELAXED);
    int status = next(r);
    if (status == UWSGI_OK)
        request_closed(request_slot(r));
    return status;
}

/* Several threads may run this at once. Each reads a pointer exactly once (a plain load
 * could be repeated, and find ours the second time), and stores only a foreign
 * function, before it installs ours. */
static void take_app(int id)
{
    struct uwsgi_app *app = &uwsgi_apps[id];
    struct app_hook *hook = app_hook(id);
    void *(*request)(struct wsgi_request *, struct uwsgi_app *) =
        __atomic_load_n(&app->request_subhandler, __ATOMIC_ACQUIRE);
    int (*response)(struct wsgi_request *) =
        __atomic_load_n(&app->response_subhandler, __ATOMIC_ACQUIRE);
    if (app->modifier1 != profiler.python->modifier1 || !request || !response)
        return;
    if (response != on_chunk)
        __atomic_store_n(&hook->response, response, __ATOMIC_RELAXED);
    if (request != on_call)
        __atomic_store_n(&hook->request, request, __ATOMIC_RELAXED);
    __atomic_store_n(&app->response_subhandler, on_chunk, __ATOMIC_RELEASE);
    __atomic_store_n(&app->request_subhandler, on_call, __ATOMIC_RELEASE);
}

/* An app that is loaded during this call is found at the next request. */
static void take_apps(void)
{
    int count = uwsgi_apps_cnt;
    for (int id = 0; id < count; id++)
        take_app(id);
    __atomic_store_n(&before.apps_taken, count, __ATOMIC_RELAXED);
}

static int on_request(struct wsgi_request *r)
{
    if (__atomic_load_n(&before.apps_taken, __ATOMIC_RELAXED) != uwsgi_apps_cnt)
        take_apps();
    struct request_slot *slot = request_slot(r);
    if (r->async_force_again) {
        request_resumed(slot);
        request_chunk(slot, r);
    } else if (!request_begin(slot, r)) {
        return -1;
    }
    if (!request_is_flagged(slot))
        return before.request(r);
    int status = before.request(r);
    if (status <= UWSGI_OK)
        request_end(slot, r);
    else
        request_paused(slot);
    return status;
}

/* In place of on_request if there is a shelf. */
static int on_browse(struct wsgi_request *r)
{
    int status = shelf_answer(r);
    return status == SHELF_PASSES ? on_request(r) : status;
}

static void on_suspend(struct wsgi_request *r)
{
    if (r)
        request_paused(request_slot(r));
    before.suspend(r);
}

static void on_resume(struct wsgi_request *r)
{
    before.resume(r);
    if (r)
        request_resumed(request_slot(r));
}

static void on_exception(struct wsgi_request *r)
{
    request_raised(request_slot(r));
    before.exception_log(r);
}

static bool make_app_hooks(void)
{
    size_t count = (size_t)(uwsgi.numproc + 1) * (size_t)uwsgi.max_apps;
    void *shared = mmap(NULL, count * sizeof *before.apps, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return false;
    before.apps = shared;
    return true;
}

bool hooks_server(void)
{
    for (int i = 0; i < 256 && !profiler.python; i++)
        if (uwsgi.p[i]->name && !strcmp(uwsgi.p[i]->name, "python"))
            profiler.python = uwsgi.p[i];
    struct uwsgi_plugin *python = profiler.python;
    if (!python || !python->request || !make_app_hooks())
        return false;
    before.request = python->request;
    python->request = profiler.config.browse ? on_browse : on_request;
    if (python->suspend && python->resume) {
        before.suspend = python->suspend;
        before.resume = python->resume;
        python->suspend = on_suspend;
        python->resume = on_resume;
    }
    if (python->exception_log) {
        before.exception_log = python->exception_log;
        python->exception_log = on_exception;
    }
    return true;
}

/* Replaces proto_fix_headers of the server's sockets. A plugin may have copied such a
 * socket. For a copy, calls the function that all protocols of the server use. */
static int on_fix_headers(struct wsgi_request *r)
{
    const struct uwsgi_socket *socket = held_socket(&request_slot(r)->held, r);
    request_headers(request_slot(r), r);
    for (size_t i = 0; i < before.socket_count; i++)
        if (before.sockets[i].socket == socket)
            return before.sockets[i].fix_headers(r);
    return uwsgi_proto_base_fix_headers(r);
}

static bool take_sockets(void)
{
    size_t count = 0;
    for (struct uwsgi_socket *s = uwsgi.sockets; s; s = s->next)
        count++;
    before.sockets = calloc(count + 1, sizeof *before.sockets);
    if (!before.sockets)
        return false;
    for (struct uwsgi_socket *s = uwsgi.sockets; s; s = s->next) {
        if (!s->proto_fix_headers)
            continue;
        before.sockets[before.socket_count++] =
            (struct socket_hook){.socket = s, .fix_headers = s->proto_fix_headers};
        s->proto_fix_headers = on_fix_headers;
    }
    return true;
}

/* uwsgi_apps_cnt does not include an app that is still being loaded: its index is
 * uwsgi_apps_cnt. At the last read of the clock during the load, its functions are
 * set. */
static time_t on_clock_seconds(void)
{
    if (uwsgi_apps_cnt < uwsgi.max_apps)
        take_app(uwsgi_apps_cnt);
    return before.clock->seconds();
}

static void take_clock(void)
{
    static struct uwsgi_clock ours;
    before.clock = uwsgi.clock;
    ours = *uwsgi.clock;
    ours.seconds = on_clock_seconds;
    uwsgi.clock = &ours;
}

bool hooks_worker(void)
{
    if (!before.worker_done) {
        if (!take_sockets() || (profiler.config.browse && !shelf_prepare()))
            return false;
        take_clock();
        before.worker_done = true;
    }
    take_apps();
    return true;
}
