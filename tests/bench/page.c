/* What the page of a large profile costs the worker: figures by function and the page
 * itself, made of a tree of the shape that real ones have.
 *
 *     page traced|sampled NODES TIMES PAGE.html PROFILE.json
 *         ->  "page_us page_bytes": the median of the CPU time, and the size
 *
 * Writes the page, and the whole profile as json, for whoever wants to open them. A
 * sampled profile has two moments for each node, as far as the timeline has room. */

#include "median.h"

#include "report/page/html.h"
#include "report/page/profile_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOMENTS_MOST 65536

static uint32_t seed = 7;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * limit >> 32);
}

static uint64_t cpu_ns_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *need(void *memory)
{
    if (!memory) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return memory;
}

/* One of ten is the app's. */
static void make_functions(struct functab *t, uint32_t count)
{
    static const char *const libraries[] = {"flask", "sqlalchemy", "jinja2",
                                            "werkzeug"};
    for (uint32_t i = 0; i < count; i++) {
        struct buf file = {0}, name = {0};
        if (i % 10)
            buf_printf(&file, "/srv/venv/lib/python3.11/site-packages/%s/module_%u.py",
                       libraries[i % 4], i / 20);
        else
            buf_printf(&file, "/srv/shop/orders/module_%u.py", i / 20);
        buf_printf(&name, "function_%u", i);
        functab_intern(t, buf_str(&file), (int32_t)(i % 20 * 30 + 1), buf_str(&name));
        buf_free(&file);
        buf_free(&name);
    }
}

/* A function calls a few others, again and again. */
static uint32_t callee_of(uint32_t caller, uint32_t funcs)
{
    return (caller * 2654435761u + random_below(3) * 40503u + 7) % funcs;
}

/* Bushy and some 20 deep, with twice as many pairs as functions, as frameworks are. */
static void make_tree(struct profile *p, uint32_t nodes)
{
    uint32_t node = CALLTREE_ROOT, funcs = p->functab.count;
    if (!calltree_init(&p->tree, nodes))
        need(NULL);
    while (p->tree.count < nodes) {
        for (uint32_t up = random_below(10) < 7 ? 0 : random_below(12); up && node;
             up--)
            node = p->tree.nodes[node].parent;
        node = calltree_child(&p->tree, node,
                              node && random_below(20)
                                  ? callee_of(p->tree.nodes[node].func, funcs)
                                  : random_below(funcs),
                              NULL);
        p->tree.nodes[node].calls++;
        if (p->mode == MODE_DETERMINISTIC)
            p->tree.nodes[node].self += random_below(20000);
    }
}

static void take_samples(struct profile *p)
{
    struct sampled *s = &p->sampled;
    uint32_t count =
        p->tree.count < MOMENTS_MOST / 2 ? 2 * p->tree.count : MOMENTS_MOST;
    s->timeline = need(calloc(count, sizeof *s->timeline));
    s->node_wait_ns = need(calloc(p->tree.count, sizeof *s->node_wait_ns));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = random_below(p->tree.count), wait = random_below(WAIT_KINDS);
        uint64_t dt = 900000 + random_below(200000);
        s->timeline[i] = (struct moment){dt, node, wait};
        s->node_wait_ns[node][wait] += dt;
        p->tree.nodes[node].self += dt;
        for (; node; node = p->tree.nodes[node].parent)
            p->tree.nodes[node].calls++;
    }
    s->samples = s->timeline_count = count;
}

static void make_lines(struct sampled *s, uint32_t funcs)
{
    s->line_count = 2 * funcs;
    s->lines = need(calloc(s->line_count, sizeof *s->lines));
    for (uint32_t i = 0; i < s->line_count; i++)
        s->lines[i] = (struct line_time){i / 2, (int32_t)(i / 2 % 20 * 30 + 5 + i % 2),
                                         random_below(2000000), random_below(20)};
}

static const struct report_choice choice = {.limit = 40};

static struct profile *make_profile(enum profile_mode mode, uint32_t nodes)
{
    struct profile *p = need(calloc(1, sizeof *p));
    uint32_t funcs = nodes / 4 < 4000 ? nodes / 4 + 1 : 4000;
    p->mode = mode;
    p->interval_ns = 1000000;
    p->started_us = 1700000000123456;
    p->status = 200;
    profile_make_id(p->id);
    profile_set(&p->method, STR("GET"));
    profile_set(&p->path, STR("/orders"));
    profile_set(&p->python, STR("3.11.2"));
    profile_set(&p->server, STR("2.0.21"));
    make_functions(&p->functab, funcs);
    make_tree(p, nodes);
    if (mode == MODE_SAMPLING) {
        take_samples(p);
        make_lines(&p->sampled, funcs);
    }
    for (uint32_t i = 0; i < p->tree.count; i++)
        p->wall_ns += p->tree.nodes[i].self;
    p->cpu_ns = p->wall_ns / 2;
    return p;
}

static uint64_t make_page(const struct profile *p, struct buf *out)
{
    struct stats s;
    uint64_t began = cpu_ns_now();
    if (!stats_compute(&s, p) || !html_write(&(struct report){p, &s, &choice}, out))
        need(NULL);
    uint64_t taken = cpu_ns_now() - began;
    stats_free(&s);
    return taken;
}

static void save(const char *path, struct buf *content)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(content->data, 1, content->len, f) != content->len || fclose(f)) {
        perror(path);
        exit(1);
    }
    buf_free(content);
}

static void save_json(const char *path, const struct profile *p)
{
    struct stats s;
    struct buf json = {0};
    if (!stats_compute(&s, p) || !json_write(&(struct report){p, &s, &choice}, &json))
        need(NULL);
    save(path, &json);
    stats_free(&s);
}

int main(int argc, char **argv)
{
    int nodes = argc == 6 ? atoi(argv[2]) : 0, times = argc == 6 ? atoi(argv[3]) : 0;
    if (nodes < 2 || times < 1) {
        fprintf(stderr, "usage: page traced|sampled NODES TIMES PAGE PROFILE\n");
        return 2;
    }
    bool sampled = strcmp(argv[1], "sampled") == 0;
    struct profile *p =
        make_profile(sampled ? MODE_SAMPLING : MODE_DETERMINISTIC, (uint32_t)nodes);
    uint64_t *taken = need(calloc((size_t)times, sizeof *taken));
    struct buf page = {0};
    for (int i = 0; i < times; i++) {
        buf_free(&page); /* each starts with none, as a request's does */
        taken[i] = make_page(p, &page);
    }
    printf("%.1f %zu\n", median_us(taken, (size_t)times), page.len);
    save(argv[4], &page);
    save_json(argv[5], p);
    free(taken);
    profile_destroy(p);
    return 0;
}
