/* table_driver.c -- writes tables and .prof files of random profiles, for
 * test_differential.py.
 *
 * It reads lines "SEED <tab> SORT KEYS <tab> RESTRICTIONS". It answers each line with
 * two blocks: the .prof of that profile (empty if the line before had the same seed)
 * and the table. A block is its length in decimal, a newline, and the bytes. */

#include "report/export/prof.h"
#include "report/text/table.h"

#include <stdio.h>
#include <stdlib.h>

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "table_driver: %s\n", what);
    exit(2);
}

static uint32_t below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*seed >> 33) % limit);
}

static const char *const paths[] = {"~",
                                    "/srv/shop/app.py",
                                    "/srv/shop/größe.py",
                                    "/srv/shop/日本.py",
                                    "<string>",
                                    "",
                                    "<frozen x>",
                                    "/a/\xf0\x9f\x90\x8d.py",
                                    "/new\nline",
                                    "C:\\x y.py",
                                    "/srv/shop/App.py",
                                    "/srv/shop/app.py2"};
static const char *const names[] = {"walk",
                                    "<module>",
                                    "<built-in method builtins.len>",
                                    "größe",
                                    "名前",
                                    "<method 'append' of 'list' objects>",
                                    "<lambda>",
                                    "a\nb\tc",
                                    "<",
                                    ">",
                                    "",
                                    "</script>\"'\\",
                                    "Walk",
                                    "\xc3\xa9",
                                    "e\xcc\x81",
                                    "\xef\xbf\xbd",
                                    "\xf0\x9f\x90\x8d",
                                    "walk2"};

#define PICK(seed, list) (list)[below(seed, sizeof(list) / sizeof *(list))]

/* Equal times, numbers that %.3f rounds to even, and any others. */
static double any_time(uint64_t *seed)
{
    switch (below(seed, 5)) {
    case 0:
        return below(seed, 4) * 0.0625;
    case 1:
        return below(seed, 40000) / 2000.0;
    case 2:
        return below(seed, 1000000000) / 1e9;
    case 3:
        return below(seed, 2000000000) * 1e-4 + below(seed, 1000000) * 1e-9;
    }
    return 0;
}

static uint64_t any_count(uint64_t *seed)
{
    switch (below(seed, 8)) {
    case 0:
        return 0;
    case 1:
        return below(seed, 2000000000);
    case 2:
        return (uint64_t)below(seed, 2000000000) * below(seed, 2000000);
    }
    return below(seed, 12);
}

static void any_func(struct profile *p, uint64_t *seed)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s", PICK(seed, names), below(seed, 3) ? "" : "_x");
    const char *path = PICK(seed, paths);
    int32_t line = below(seed, 4) ? (int32_t)below(seed, 30) : 0;
    check(functab_intern(&p->functab, str_from(path), line, str_from(name)) !=
              FUNCTAB_NONE,
          "out of memory");
}

static void any_callers(struct stats *s, struct func_stats *f, uint64_t *seed)
{
    f->first_caller = s->caller_count;
    uint32_t caller = below(seed, s->func_count);
    for (uint32_t left = below(seed, 4); left && caller < s->func_count; left--) {
        struct caller_stats *c = &s->callers[s->caller_count++];
        c->caller = caller;
        c->calls = any_count(seed);
        c->primitive = any_count(seed);
        c->self_s = any_time(seed);
        c->cumulative_s = any_time(seed);
        caller += 1 + below(seed, 5);
        f->caller_count++;
    }
}

/* Every 16th profile is empty. */
static struct profile *any_profile(uint64_t seed, struct stats *s)
{
    struct profile *p = calloc(1, sizeof *p);
    check(p != NULL, "out of memory");
    strcpy(p->id, "00c0ffee00c0ffee");
    if (seed % 16 == 0) {
        check(stats_compute(s, p), "out of memory");
        return p;
    }
    uint32_t wanted = below(&seed, 8) ? 1 + below(&seed, 50) : 1 + below(&seed, 400);
    for (uint32_t i = 0; i < wanted; i++)
        any_func(p, &seed);
    s->func_count = p->functab.count;
    s->funcs = calloc(s->func_count, sizeof *s->funcs);
    s->callers = calloc(s->func_count * 4, sizeof *s->callers);
    check(s->funcs && s->callers, "out of memory");
    bool recursion = below(&seed, 2);
    for (uint32_t i = 0; i < s->func_count; i++) {
        struct func_stats *f = &s->funcs[i];
        f->func = s->func_count - 1 - i;
        f->primitive = any_count(&seed);
        f->calls = recursion && !below(&seed, 3) ? any_count(&seed) : f->primitive;
        f->self_s = any_time(&seed);
        f->cumulative_s = any_time(&seed);
        any_callers(s, f, &seed);
        s->calls += f->calls;
        s->primitive += f->primitive;
        s->self_s += f->self_s;
    }
    return p;
}

static void put_block(const struct buf *b)
{
    check(!b->failed, "out of memory");
    printf("%zu\n", b->len);
    if (b->len)
        fwrite(b->data, 1, b->len, stdout);
}

static void put_table(struct profile *p, const struct stats *s, const char *sort,
                      const char *restrictions)
{
    struct buf error = {0}, table = {0};
    struct restrictions r = {0};
    struct report_choice choice = {.limit = -1, .restrictions = &r};
    if (!sort_keys_parse(&choice.sort, str_from(sort), ',', &error) ||
        !restrictions_parse(&r, str_from(restrictions), &error))
        check(false, buf_cstr(&error));
    check(table_write(&(struct report){p, s, &choice}, false, &table), "no table");
    put_block(&table);
    restrictions_free(&r);
    buf_free(&table);
}

int main(void)
{
    static char line[1024];
    struct profile *p = NULL;
    struct stats stats = {0};
    uint64_t last = 0;
    while (fgets(line, sizeof line, stdin)) {
        char *sort = strchr(line, '\t');
        check(sort != NULL, "no sort keys");
        char *restrictions = strchr(++sort, '\t');
        check(restrictions != NULL, "no restrictions");
        *restrictions++ = '\0';
        restrictions[strcspn(restrictions, "\n")] = '\0';
        uint64_t seed = strtoull(line, NULL, 10);
        struct buf prof = {0};
        if (!p || seed != last) {
            stats_free(&stats);
            profile_destroy(p);
            p = any_profile(seed, &stats);
            check(prof_write(&(struct report){p, &stats, NULL}, &prof), "no .prof");
        }
        last = seed;
        put_block(&prof);
        put_table(p, &stats, sort, restrictions);
        buf_free(&prof);
    }
    stats_free(&stats);
    profile_destroy(p);
    return 0;
}
