#include "sampled.h"

#include <stdlib.h>

#define PACKAGES "/srv/venv/lib/python3.11/site-packages/"
#define STDLIB "/usr/lib/python3.11/"
#define NODES_MAX 65536

uint32_t sampled_func(struct profile *p, const char *file, int32_t line,
                      const char *name, const char *qualname)
{
    uint32_t id = functab_intern(&p->functab, str_from(file), line, str_from(name));
    assert_int_not_equal(id, FUNCTAB_NONE);
    functab_set_qualname(&p->functab, id, str_from(qualname));
    return id;
}

static void set_self(struct profile *p, uint32_t node, uint64_t samples,
                     uint64_t self_us, enum wait_kind kind)
{
    p->tree.nodes[node].calls = samples;
    p->tree.nodes[node].self += self_us * 1000;
    p->sampled.node_wait_ns[node][kind] += self_us * 1000;
}

uint32_t sampled_add(struct profile *p, uint32_t parent, uint32_t func,
                     uint64_t samples, uint64_t self_us, enum wait_kind kind)
{
    uint32_t node = calltree_child(&p->tree, parent, func, NULL);
    assert_int_not_equal(node, 0);
    set_self(p, node, samples, self_us, kind);
    return node;
}

struct report_choice sampled_choice(void)
{
    return (struct report_choice){
        .sort = {.keys = {SORT_TIME, SORT_CALLS}, .count = 2},
        .limit = -1,
    };
}

struct profile *sampled_empty(void)
{
    struct profile *p = calloc(1, sizeof *p);
    assert_non_null(p);
    strcpy(p->id, "00c0ffee00c0ffee");
    assert_true(profile_set(&p->method, STR("GET")));
    assert_true(profile_set(&p->path, STR("/search")));
    p->status = 200;
    p->started_us = 1700000000123456;
    p->mode = MODE_SAMPLING;
    p->interval_ns = 1000000;
    assert_true(calltree_init(&p->tree, NODES_MAX));
    p->sampled.node_wait_ns = calloc(NODES_MAX, sizeof *p->sampled.node_wait_ns);
    assert_non_null(p->sampled.node_wait_ns);
    return p;
}

/* Adds the root, the framework and the view. Returns the view. */
static uint32_t add_view(struct profile *p)
{
    uint32_t call =
        sampled_func(p, PACKAGES "flask/app.py", 2548, "__call__", "Flask.__call__");
    uint32_t wsgi =
        sampled_func(p, PACKAGES "flask/app.py", 2500, "wsgi_app", "Flask.wsgi_app");
    uint32_t match = sampled_func(p, PACKAGES "werkzeug/routing/map.py", 300, "match",
                                  "MapAdapter.match");
    uint32_t view = sampled_func(p, "/srv/shop/shop/views.py", 12, "get", "Search.get");
    set_self(p, CALLTREE_ROOT, 790, 11000, WAITS_NETWORK_WRITE);
    uint32_t flask = sampled_add(p, CALLTREE_ROOT, call, 780, 0, WAITS_CPU);
    flask = sampled_add(p, flask, wsgi, 780, 2000, WAITS_CPU);
    sampled_add(p, flask, match, 3, 3000, WAITS_CPU);
    return sampled_add(p, flask, view, 770, 14000, WAITS_CPU);
}

static void add_database(struct profile *p, uint32_t view)
{
    uint32_t load =
        sampled_func(p, "/srv/shop/shop/models.py", 30, "load", "Item.load");
    uint32_t execute = sampled_func(p, PACKAGES "sqlalchemy/engine.py", 1365, "execute",
                                    "Connection.execute");
    uint32_t driver =
        sampled_func(p, PACKAGES "pg8000/core.py", 400, "read", "CoreConnection.read");
    uint32_t recv =
        sampled_func(p, "~", 0, "<method 'recv_into' of 'socket' objects>", "");
    uint32_t sleep = sampled_func(p, "~", 0, "<built-in method time.sleep>", "");
    uint32_t node = sampled_add(p, view, load, 560, 4000, WAITS_CPU);
    sampled_add(p, node, sleep, 50, 50000, WAITS_SLEEP);
    node = sampled_add(p, node, execute, 500, 6000, WAITS_CPU);
    node = sampled_add(p, node, driver, 490, 10000, WAITS_GIL);
    sampled_add(p, node, recv, 480, 480000, WAITS_NETWORK_READ);
}

/* Calls the template's root directly, and through a macro. */
static void add_templates(struct profile *p, uint32_t view)
{
    uint32_t render = sampled_func(p, PACKAGES "jinja2/environment.py", 1269, "render",
                                   "Template.render");
    uint32_t call =
        sampled_func(p, PACKAGES "jinja2/runtime.py", 260, "call", "Context.call");
    uint32_t dumps = sampled_func(p, STDLIB "json/__init__.py", 183, "dumps", "");
    uint32_t row = sampled_func(p, "/srv/shop/templates/row.html", 3, "macro", "");
    uint32_t node = sampled_add(p, view, render, 130, 20000, WAITS_CPU);
    sampled_add(p, node, row, 40, 40000, WAITS_CPU);
    node = sampled_add(p, node, call, 70, 9000, WAITS_CPU);
    sampled_add(p, node, dumps, 11, 11000, WAITS_CPU);
    sampled_add(p, node, row, 50, 50000, WAITS_CPU);
}

static void add_rest(struct profile *p, uint32_t view)
{
    uint32_t walk = sampled_func(p, "/srv/shop/shop/tree.py", 3, "walk", "");
    uint32_t len = sampled_func(p, "~", 0, "<built-in method builtins.len>", "");
    uint32_t hostile =
        sampled_func(p, "/srv/shop/a\tb.py", 1, "a\nb\x1b[31m</script>\xff", "");
    uint32_t node = view;
    for (int depth = 0; depth < 5; depth++)
        node =
            sampled_add(p, node, walk, (uint64_t)(50 - 10 * depth), 10000, WAITS_CPU);
    sampled_add(p, node, len, 1, 1000, WAITS_CPU);
    sampled_add(p, view, hostile, 30, 30000, WAITS_DISK);
    sampled_add(p, view, len, 4, 4000, WAITS_CPU);
    sampled_add(p, node, hostile, 5, 5000, WAITS_DISK);
}

/* Adds times per line, and peers. */
static void add_details(struct sampled *s)
{
    static const struct line_time lines[] = {
        {3, 20, 13500000, 13500000, 14},  {3, 34, 500000, 560000000, 560},
        {4, 41, 4000000, 560000000, 560}, {12, 7, 90000000, 90000000, 90},
        {13, 5, 26000000, 26000000, 26},  {13, 6, 24000000, 50000000, 50},
    };
    static const struct peer peers[] = {
        {"127.0.0.1:6379", WAITS_NETWORK_READ, 60000000},
        {"/run/db\n.sock", WAITS_NETWORK_READ, 400000000},
        {"10.0.0.5:41234", WAITS_NETWORK_WRITE, 11000000},
        {"[::1]:11211", WAITS_NETWORK_READ, 15000000},
        {"10.0.0.9:80", WAITS_NETWORK_READ, 5000000},
    };
    s->lines = malloc(sizeof lines);
    s->peers = malloc(sizeof peers);
    assert_true(s->lines && s->peers);
    memcpy(s->lines, lines, sizeof lines);
    memcpy(s->peers, peers, sizeof peers);
    s->line_count = sizeof lines / sizeof *lines;
    s->peer_count = sizeof peers / sizeof *peers;
}

void sampled_make(struct sample *s)
{
    *s = (struct sample){.choice = sampled_choice()};
    struct profile *p = s->profile = sampled_empty();
    uint32_t view = add_view(p);
    add_database(p, view);
    add_templates(p, view);
    add_rest(p, view);
    add_details(&p->sampled);
    p->sampled.samples = 790;
    p->sampled.lost = 2;
    p->wall_ns = 800123456;
    assert_true(stats_compute(&s->stats, p));
}
