#include "sample_sampling.h"

#include <stdlib.h>

enum { SHOW, GET, RECV, WALK, DECODE, SCRIPT, LINES, BYTES, LONG, FUNCS };

static const struct {
    const char *file;
    int32_t line;
    const char *name, *qualname;
} functions[FUNCS] = {
    [SHOW] = {"/srv/shop/app.py", 12, "show", "Shop.show"},
    [GET] = {"/srv/venv/lib/python3.11/site-packages/requests/api.py", 62, "get", ""},
    [RECV] = {"~", 0, "<method 'recv' of '_socket.socket' objects>", ""},
    [WALK] = {"/srv/shop/tree.py", 3, "walk", ""},
    [DECODE] = {"/usr/lib/python3.11/json/decoder.py", 343, "decode",
                "JSONDecoder.decode"},
    [SCRIPT] = {"/srv/shop/a;b.py", 1, "</script><!--\"'\\", ""},
    [LINES] = {"/srv/shop/app.py", 40, "a;b\nc\x1b[0m\xe2\x80\xa8\xf0\x9f\x90\x8d", ""},
    [BYTES] = {"", 0, "\xff\xfe\xed\xa0\x80 12.5", ""},
    [LONG] = {"/srv/shop/app.py", 50, NULL, ""}, /* 10,000 times x */
};

/* Node i + 1 of the tree. Parents come first. */
static const struct {
    uint32_t parent, func;
} nodes[] = {
    {0, SHOW},   /* 1 */
    {1, GET},    /* 2 */
    {1, WALK},   /* 3 */
    {2, RECV},   /* 4 */
    {3, WALK},   /* 5 */
    {5, WALK},   /* 6 */
    {6, DECODE}, /* 7 */
    {1, SCRIPT}, /* 8 */
    {8, LINES},  /* 9 */
    {9, BYTES},  /* 10 */
    {1, LONG},   /* 11 */
    {6, RECV},   /* 12: never the end of a stack */
};
#define NODES (sizeof nodes / sizeof *nodes)

static const struct moment timeline[] = {
    {1000123, 0, WAITS_CPU},          {1000000, 1, WAITS_CPU},
    {1499500, 4, WAITS_NETWORK_READ}, {998000, 4, WAITS_NETWORK_READ},
    {1000001, 2, WAITS_GIL},          {700000, 3, WAITS_CPU},
    {999999, 6, WAITS_CPU},           {1200000, 7, WAITS_CPU},
    {800000, 5, WAITS_LOCK},          {1000000, 8, WAITS_CPU},
    {1100400, 9, WAITS_SLEEP},        {400, 9, WAITS_CPU},
    {1000000, 10, WAITS_CPU},         {1000000, 11, WAITS_SWITCHED_OUT},
    {4294967296, 0, WAITS_OTHER},
};
#define MOMENTS (sizeof timeline / sizeof *timeline)

static const struct line_time lines[] = {
    {SHOW, 14, 1000000, 9000000, 12}, {SHOW, 15, 0, 3000000, 3},
    {GET, 63, 1000001, 1000001, 1},   {WALK, 4, 2499999, 6000000, 7},
    {LINES, -1, 400, 4294967697, 2},
};
#define LINES_COUNT (sizeof lines / sizeof *lines)

static const struct peer peers[] = {
    {"10.0.0.5:5432", WAITS_NETWORK_READ, 2497500},
    {"/run/<db>.sock", WAITS_NETWORK_WRITE, 1},
};
#define PEERS_COUNT (sizeof peers / sizeof *peers)

static void *copy(const void *from, size_t bytes)
{
    void *to = malloc(bytes);
    assert_non_null(to);
    return memcpy(to, from, bytes);
}

static void make_functions(struct functab *t)
{
    static char long_name[10000];
    memset(long_name, 'x', sizeof long_name);
    for (uint32_t i = 0; i < FUNCS; i++) {
        struct str name = {long_name, sizeof long_name};
        if (functions[i].name)
            name = str_from(functions[i].name);
        assert_int_equal(
            functab_intern(t, str_from(functions[i].file), functions[i].line, name), i);
        functab_set_qualname(t, i, str_from(functions[i].qualname));
    }
}

static void make_tree(struct calltree *t)
{
    assert_true(calltree_init(t, 64));
    for (uint32_t i = 0; i < NODES; i++)
        assert_int_equal(calltree_child(t, nodes[i].parent, nodes[i].func, NULL),
                         i + 1);
}

static void take_samples(struct profile *p)
{
    struct sampled *s = &p->sampled;
    s->node_wait_ns = calloc(p->tree.count, sizeof *s->node_wait_ns);
    assert_non_null(s->node_wait_ns);
    for (size_t i = 0; i < MOMENTS; i++) {
        uint32_t node = timeline[i].node;
        p->tree.nodes[node].self += timeline[i].dt_ns;
        s->node_wait_ns[node][timeline[i].wait] += timeline[i].dt_ns;
        for (p->tree.nodes[node].calls++; node; p->tree.nodes[node].calls++)
            node = p->tree.nodes[node].parent;
    }
    s->samples = MOMENTS;
    s->lost = 2;
    s->timeline = copy(timeline, sizeof timeline);
    s->timeline_count = MOMENTS;
    s->lines = copy(lines, sizeof lines);
    s->line_count = LINES_COUNT;
    s->peers = copy(peers, sizeof peers);
    s->peer_count = PEERS_COUNT;
}

static void make_facts(struct profile *p)
{
    strcpy(p->id, "0ddba11badc0ffee");
    assert_true(profile_set(&p->method, STR("POST")));
    assert_true(profile_set(&p->path, STR("/caf\xe9;\n</script> 5")));
    assert_true(profile_set(&p->query, STR("")));
    assert_true(profile_set(&p->route, STR("/caf\xe9;\n</script> 5")));
    assert_true(profile_set(&p->mount, STR("/shop")));
    assert_true(profile_set(&p->location, STR("/login?next=/\"")));
    assert_true(profile_set(&p->exception, STR("KeyError")));
    assert_true(profile_set(&p->python, STR("3.11.2")));
    assert_true(profile_set(&p->server, STR("2.0.21")));
    p->response_bytes = UINT64_C(1) << 40;
    p->started_us = 1709210096000007;
    p->wall_ns = 4310000000;
    p->cpu_ns = 6900522;
    p->mode = MODE_SAMPLING;
    p->interval_ns = 1000000;
    p->worker = 2;
    p->core = 1;
    p->pid = 4243;
    p->notices = 1u << NOTICE_THINNED | 1u << NOTICE_WAITS_UNKNOWN;
}

static void make_choice(struct report_choice *c)
{
    static char usr[] = "/usr", *prefixes[] = {usr};
    static const struct origins origins = {.prefixes = prefixes, .count = 1};
    c->sort = (struct sort_keys){.keys = {SORT_CUMULATIVE}, .count = 1};
    c->limit = 25;
    c->rules.origins = &origins;
}

void sample_sampling_make(struct sample *s)
{
    *s = (struct sample){0};
    s->profile = calloc(1, sizeof *s->profile);
    assert_non_null(s->profile);
    make_functions(&s->profile->functab);
    make_tree(&s->profile->tree);
    take_samples(s->profile);
    make_facts(s->profile);
    make_choice(&s->choice);
    assert_true(stats_compute(&s->stats, s->profile));
}
