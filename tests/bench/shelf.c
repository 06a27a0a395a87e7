/* What the list of stored profiles costs a worker: answers of index.json about an index
 * of the size that real ones have.
 *
 *     shelf make PROFILES DIRECTORY       writes DIRECTORY/index.jsonl
 *     shelf ask DIRECTORY TIMES QUERY     follows the answers to the last slice
 *         ->  "slices first_us longest_us total_us bytes kilobytes": medians of CPU
 * time (of the first answer, of the longest, of all), bytes of the largest answer,
 * growth of the process's memory shelf find DIRECTORY TIMES ID       ->  "us kilobytes"
 */

#include "median.h"

#include "browse/find.h"
#include "browse/listing.h"
#include "options/routenames.h"
#include "report/common/jsonread.h"
#include "store/index.h"
#include "store/indexfile.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void need(bool done, const char *what)
{
    if (!done) {
        perror(what);
        exit(1);
    }
}

static uint64_t cpu_ns_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The most memory that the program has had. (Not getrusage: its figure is also of what
 * ran in this process before.) */
static long kilobytes_now(void)
{
    char line[128];
    long kilobytes = -1;
    FILE *f = fopen("/proc/self/status", "r");
    need(f, "/proc/self/status");
    while (kilobytes < 0 && fgets(line, sizeof line, f))
        sscanf(line, "VmHWM: %ld kB", &kilobytes);
    fclose(f);
    return kilobytes;
}

static uint32_t seed = 7;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * limit >> 32);
}

static void add_files(const struct profile *p, struct str *files, struct buf *names)
{
    static const char *const endings[] = {"prof", "json", "html"};
    size_t starts[4];
    names->len = 0;
    for (int i = 0; i < 3; i++) {
        starts[i] = names->len;
        buf_printf(names, "GET.%.*s.%" PRIu64 "ms.%" PRId64 ".%s", (int)p->path.len - 1,
                   p->path.data + 1, p->wall_ns / 1000000, p->started_us / 1000000,
                   endings[i]);
    }
    starts[3] = names->len;
    for (size_t i = 0; i < names->len; i++)
        names->data[i] = names->data[i] == '/' ? '.' : names->data[i];
    for (int i = 0; i < 3; i++)
        files[i] = (struct str){names->data + starts[i], starts[i + 1] - starts[i]};
}

/* Profile number `i`, of one of 40 routes; one in 50 is slow. */
static void add_profile(uint32_t i, struct buf *out)
{
    static const char *const pages[] = {"orders", "customers", "articles", "invoices"};
    struct profile p = {.mode = i % 3 ? MODE_SAMPLING : MODE_DETERMINISTIC};
    struct buf text = {0}, names = {0};
    struct str files[3];
    snprintf(p.id, sizeof p.id, "%016" PRIx64, UINT64_C(0x9e3779b97f4a7c15) * (i + 1));
    p.started_us = 1700000000000000 + (int64_t)i * 250000;
    p.status = i % 100 ? 200 : 500;
    p.worker = (int)(i % 8) + 1;
    p.wall_ns = 1000000 + random_below(i % 50 ? 200000000 : 2000000000);
    p.cpu_ns = p.wall_ns / 3;
    p.notices = i % 200 ? 0 : 1;
    profile_set(&p.method, i % 5 ? STR("GET") : STR("POST"));
    buf_printf(&text, "/shop/%s/%u/part-%u", pages[random_below(4)], random_below(5000),
               random_below(10));
    profile_set(&p.path, buf_str(&text));
    text.len = 0;
    buf_printf(&text, "page=%u&sort=date&filter=open", random_below(100));
    profile_set(&p.query, buf_str(&text));
    text.len = 0;
    routename_write(&(struct route_rules){0}, p.path, &text);
    profile_set(&p.route, buf_str(&text));
    add_files(&p, files, &names);
    need(index_line(&p, files, 3, 20000 + random_below(100000), out), "a line");
    free((char *)p.method.data);
    free((char *)p.path.data);
    free((char *)p.query.data);
    free((char *)p.route.data);
    buf_free(&text);
    buf_free(&names);
}

static int make(int dir, uint32_t profiles)
{
    struct buf lines = {0};
    for (uint32_t i = 0; i < profiles; i++)
        add_profile(i, &lines);
    int fd = openat(dir, INDEX_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, lines.data, lines.len) == (ssize_t)lines.len, INDEX_NAME);
    printf("%zu\n", lines.len);
    buf_free(&lines);
    close(fd);
    return 0;
}

struct figures {
    uint64_t slices, first_ns, longest_ns, total_ns;
    size_t bytes;
};

/* Replaces *cursor by `next` of the answer. Returns false if that is null. */
static bool go_on(const struct buf *answer, struct buf *cursor)
{
    const struct str key = STR("\"next\":");
    const char *at = memmem(answer->data, answer->len, key.data, key.len);
    struct json_reader r = {at + key.len, answer->data + answer->len};
    cursor->len = 0;
    return !json_take_null(&r) && json_take_string(&r, cursor);
}

/* Sorted or grouped, the list needs all slices; by time, one page. */
static struct figures follow(int dir, const char *query)
{
    static const struct route_rules rules = {0};
    const struct listing listing = {dir, &rules, LISTING_BUDGET_NS};
    const bool by_time = strstr(query, "limit=") != NULL;
    struct figures f = {0};
    struct buf cursor = {0}, question = {0};
    for (bool more = true; more;) {
        struct buf answer = {0}; /* each starts with none, as a request's does */
        question.len = 0;
        buf_printf(&question, "%s&cursor=%.*s", query, (int)cursor.len,
                   cursor.len ? cursor.data : "");
        uint64_t began = cpu_ns_now();
        need(listing_write(&listing, buf_str(&question), &answer) == LISTING_OK, query);
        uint64_t taken = cpu_ns_now() - began;
        f.first_ns = f.slices++ ? f.first_ns : taken;
        f.longest_ns = taken > f.longest_ns ? taken : f.longest_ns;
        f.total_ns += taken;
        f.bytes = answer.len > f.bytes ? answer.len : f.bytes;
        more = go_on(&answer, &cursor) && !by_time;
        buf_free(&answer);
    }
    buf_free(&cursor);
    buf_free(&question);
    return f;
}

static int ask(int dir, size_t times, const char *query)
{
    uint64_t *taken = calloc(3 * times, sizeof *taken);
    struct figures f = {0};
    need(taken, "memory");
    long before = kilobytes_now();
    for (size_t i = 0; i < times; i++) {
        f = follow(dir, query);
        taken[i] = f.first_ns;
        taken[times + i] = f.longest_ns;
        taken[2 * times + i] = f.total_ns;
    }
    printf("%" PRIu64 " %.0f %.0f %.0f %zu %ld\n", f.slices, median_us(taken, times),
           median_us(taken + times, times), median_us(taken + 2 * times, times),
           f.bytes, kilobytes_now() - before);
    free(taken);
    return 0;
}

static int find(int dir, size_t times, const char *id)
{
    uint64_t *taken = calloc(times, sizeof *taken);
    need(taken, "memory");
    long before = kilobytes_now();
    for (size_t i = 0; i < times; i++) {
        struct index_row row = {0};
        uint64_t began = cpu_ns_now();
        find_profile(dir, str_from(id), &row);
        taken[i] = cpu_ns_now() - began;
        indexrow_free(&row);
    }
    printf("%.0f %ld\n", median_us(taken, times), kilobytes_now() - before);
    free(taken);
    return 0;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    bool makes = strcmp(word, "make") == 0 && argc == 4;
    int dir = argc > 3 ? open(argv[makes ? 3 : 2], O_PATH | O_DIRECTORY) : -1;
    size_t number = argc > 3 ? strtoul(argv[makes ? 2 : 3], NULL, 10) : 0;
    if (dir >= 0 && number && makes)
        return make(dir, (uint32_t)number);
    if (dir >= 0 && number && argc == 5 && strcmp(word, "ask") == 0)
        return ask(dir, number, argv[4]);
    if (dir >= 0 && number && argc == 5 && strcmp(word, "find") == 0)
        return find(dir, number, argv[4]);
    fprintf(stderr, "usage: shelf make PROFILES DIR | shelf ask DIR TIMES QUERY | "
                    "shelf find DIR TIMES ID\n");
    return 2;
}
