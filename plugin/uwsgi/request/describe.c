#include "describe.h"

#include "answer.h"
#include "gate/redact.h"
#include "python/interpreter.h"

/* Stores text as changed by redact; nothing when out of memory. */
static void set_redacted(struct str *field, struct str text,
                         void (*redact)(const struct config *c, struct str text,
                                        struct buf *out))
{
    struct buf shown = {0};
    redact(&profiler.config, text, &shown);
    if (!shown.failed)
        profile_set(field, buf_str(&shown));
    buf_free(&shown);
}

struct request_facts describe_facts(const struct wsgi_request *r)
{
    struct request_facts facts = {
        .method = {r->method, r->method_len},
        .script = {r->script_name, r->script_name_len},
        .path = {r->path_info, r->path_info_len},
        .query = {r->query_string, r->query_string_len},
    };
    if (r->app_id >= 0) {
        const struct uwsgi_app *app = &uwsgi_apps[r->app_id];
        facts.mount = (struct str){app->mountpoint, app->mountpoint_len};
    }
    return facts;
}

/* The path as the client sent it, even if the app is mounted below a path. */
static void set_path(struct profile *p, const struct request_facts *facts)
{
    struct buf path = {0};
    buf_add_str(&path, facts->script);
    buf_add_str(&path, facts->path);
    if (!path.failed)
        profile_set(&p->path, buf_str(&path));
    buf_free(&path);
}

/* Without a path, because memory ran out, there is no route either. */
static void set_route(struct profile *p)
{
    struct buf route = {0};
    if (p->path.data && routename_write(&profiler.config.groups, p->path, &route))
        profile_set(&p->route, buf_str(&route));
    buf_free(&route);
}

void describe_request(const struct request_slot *slot)
{
    struct profile *p = slot->profile;
    const struct request_facts *facts = &slot->facts;
    if (p->server.data)
        return; /* described already */
    if (!p->id[0])
        profile_make_id(p->id);
    profile_set(&p->method, facts->method);
    set_path(p, facts);
    set_route(p);
    set_redacted(&p->query, facts->query, redact_query);
    if (facts->mount.data)
        profile_set(&p->mount, facts->mount);
    if (slot->parameter.data)
        profile_set(&p->flag, slot->parameter);
    p->mode = slot->flag.mode;
    p->worker = uwsgi.mywid;
    p->core = (int)(slot - profiler.slots);
    profile_set(&p->python, interpreter_version());
    profile_set(&p->server, STR(UWSGI_VERSION));
}

/* uWSGI makes a status of any three bytes: only 100 to 999 count. */
int describe_status(const struct wsgi_request *r)
{
    return r->headers && r->status >= 100 && r->status <= 999 ? r->status : 0;
}

void describe_response(struct profile *p, const struct wsgi_request *r)
{
    struct str location = answer_header(r, STR("Location"));
    if (location.data)
        set_redacted(&p->location, location, redact_url);
    p->status = describe_status(r);
    p->response_bytes = r->response_size;
}

struct delivery describe_delivery(const struct request_slot *slot, struct profile *p)
{
    struct delivery d = {.profile = p, .choice = slot->flag.choice};
    d.choice.rules.origins = &profiler.origins;
    if (!origin_has_own(&d.choice.rules, &p->functab)) {
        d.choice.rules.all_own = true;
        p->notices |= 1u << NOTICE_NO_OWN_CODE;
    }
    return d;
}
