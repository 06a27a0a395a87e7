#include "sample.h"

#include "report/formats.h"

#include <stdio.h>
#include <stdlib.h>

#ifndef GOLDEN_DIR
#define GOLDEN_DIR "tests/golden"
#endif

static uint32_t node(struct profile *p, uint32_t parent, uint32_t func, uint64_t calls,
                     uint64_t self_ns)
{
    uint32_t id = calltree_child(&p->tree, parent, func, NULL);
    assert_int_not_equal(id, 0);
    p->tree.nodes[id].calls = calls;
    p->tree.nodes[id].self = self_ns;
    return id;
}

static uint32_t func(struct profile *p, const char *file, int32_t line,
                     const char *name)
{
    uint32_t id = functab_intern(&p->functab, str_from(file), line, str_from(name));
    assert_int_not_equal(id, FUNCTAB_NONE);
    return id;
}

static void make_tree(struct profile *p)
{
    uint32_t search = func(p, "/srv/shop/app.py", 12, "search");
    uint32_t walk = func(p, "/srv/shop/tree.py", 3, "walk");
    uint32_t len = func(p, "~", 0, "<built-in method builtins.len>");
    uint32_t groesse = func(p, "/srv/shop/größe.py", 7, "größe_日本");
    uint32_t hostile = func(p, "<string>", 1, "a\nb\x1b[31m</script>\"'\\");
    uint32_t append = func(p, "~", 0, "<method 'append' of 'list' objects>");

    assert_true(calltree_init(&p->tree, 64));
    p->tree.nodes[CALLTREE_ROOT].self = 777;
    uint32_t view = node(p, CALLTREE_ROOT, search, 1, 1500000);
    uint32_t first = node(p, view, walk, 1, 250000);
    uint32_t second = node(p, first, walk, 2, 500000);
    uint32_t third = node(p, second, walk, 4, 1000000);
    node(p, third, len, 8, 123456);
    node(p, view, len, 3, 45678);
    node(p, node(p, view, groesse, 2, 2000000), append, 10, 99999);
    node(p, view, hostile, 1, 333333);
}

static void make_facts(struct profile *p)
{
    strcpy(p->id, "00c0ffee00c0ffee");
    assert_true(profile_set(&p->method, STR("GET")));
    assert_true(profile_set(&p->path, STR("/search/größe")));
    assert_true(profile_set(&p->route, STR("/search/*")));
    assert_true(profile_set(&p->query, STR("q=\"x\"&profile=<1>")));
    assert_true(profile_set(&p->python, STR("3.11.2")));
    assert_true(profile_set(&p->server, STR("2.0.21")));
    p->status = 200;
    p->started_us = 1700000000123456;
    p->wall_ns = 12345678;
    p->cpu_ns = 11000000;
    p->mode = MODE_DETERMINISTIC;
    p->worker = 1;
    p->pid = 4242;
}

static void make_choice(struct report_choice *c)
{
    static const struct format *files[2];
    files[0] = format_find(&report_formats, STR("prof"));
    files[1] = format_find(&report_formats, STR("txt"));
    c->outputs = OUTPUT_LOG | OUTPUT_FILE;
    c->sort = (struct sort_keys){.keys = {SORT_TIME, SORT_CALLS}, .count = 2};
    c->limit = -1;
    c->files = files;
    c->file_count = 2;
}

void sample_make(struct sample *s)
{
    *s = (struct sample){0};
    s->profile = calloc(1, sizeof *s->profile);
    assert_non_null(s->profile);
    make_tree(s->profile);
    make_facts(s->profile);
    make_choice(&s->choice);
    assert_true(stats_compute(&s->stats, s->profile));
}

void sample_free(struct sample *s)
{
    stats_free(&s->stats);
    profile_destroy(s->profile);
}

static bool (*swept_write)(const struct report *r, struct buf *out);
static struct sample *swept;

static bool write_swept(void)
{
    struct buf b = {0};
    bool ok = swept_write(REPORT(swept), &b);
    buf_free(&b);
    return !ok;
}

void oom_sweep_report(struct sample *s,
                      bool (*write)(const struct report *r, struct buf *out))
{
    swept = s;
    swept_write = write;
    oom_sweep(write_swept);
}

void assert_golden(struct buf *text, const char *name)
{
    char path[256], *expected;
    size_t len = 0;
    assert_false(text->failed);
    snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, name);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(text->data, 1, text->len, f), text->len);
        assert_int_equal(fclose(f), 0);
    }
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s: no such file; run from the root of the repository", path);
    expected = malloc(1 << 20);
    assert_non_null(expected);
    len = fread(expected, 1, 1 << 20, f);
    fclose(f);
    if (!str_equal((struct str){expected, len}, buf_str(text)))
        print_error("expected, from %s:\n%.*s\nbut got:\n%s\n", path, (int)len,
                    expected, buf_cstr(text));
    assert_int_equal(text->len, len);
    assert_memory_equal(text->data, expected, len);
    free(expected);
    buf_free(text);
}
