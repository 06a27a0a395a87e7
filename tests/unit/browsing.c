#include "browsing.h"

#include "options/routenames.h"
#include "store/indexfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void browsing_begin(struct browsing *b)
{
    *b = (struct browsing){.path = "/tmp/profiler-browse.XXXXXX"};
    assert_non_null(mkdtemp(b->path));
    b->dir = open(b->path, O_PATH | O_DIRECTORY);
    assert_true(b->dir >= 0);
}

void browsing_end(struct browsing *b)
{
    buf_free(&b->answer);
    close(b->dir);
    remove_tree(b->path);
}

static void put(int dir, const char *name, int flags, struct str content)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | flags, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.data, content.len), content.len);
    close(fd);
}

void browsing_put(struct browsing *b, struct str content)
{
    put(b->dir, "new", O_TRUNC, content);
    assert_int_equal(renameat(b->dir, "new", b->dir, INDEX_NAME), 0);
}

void browsing_append(struct browsing *b, struct str lines)
{
    put(b->dir, INDEX_NAME, O_APPEND, lines);
}

const char *browsing_ask_for(struct browsing *b, enum listing_status status,
                             const char *query)
{
    static const struct route_rules none = {0};
    struct listing l = {b->dir, b->rules ? b->rules : &none, b->budget_ns};
    b->answer.len = 0;
    enum listing_status got = listing_write(&l, str_from(query), &b->answer);
    if (got != status)
        fail_msg("status %d, not %d, for %s: %s", got, status, query,
                 buf_cstr(&b->answer));
    return buf_cstr(&b->answer);
}

const char *browsing_ask(struct browsing *b, const char *format, ...)
{
    char *query;
    va_list args;
    va_start(args, format);
    assert_true(vasprintf(&query, format, args) >= 0);
    va_end(args);
    const char *answer = browsing_ask_for(b, LISTING_OK, query);
    free(query);
    return answer;
}

/* The value that begins here, without its quotes. */
static struct str value_at(const char *at)
{
    size_t len = *at == '"' ? strcspn(++at, "\"") : strcspn(at, ",}");
    return (struct str){at, len};
}

static const char *find_key(const char *text, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(text, quoted);
    return at ? at + strlen(quoted) : NULL;
}

char *browsing_member(const struct browsing *b, const char *key)
{
    const char *last = NULL, *at = b->answer.data;
    while ((at = find_key(at, key)))
        last = at;
    struct str value = last ? value_at(last) : STR("");
    return strndup(value.data, value.len);
}

char *browsing_column(const struct browsing *b, const char *key)
{
    struct buf out = {0};
    const char *at = b->answer.data;
    while ((at = find_key(at, key))) {
        buf_add_str(&out, value_at(at));
        buf_add_char(&out, ' ');
    }
    char *column = strdup(buf_cstr(&out));
    buf_free(&out);
    return column;
}

char *browsing_ids(const struct browsing *b)
{
    char *column = browsing_column(b, "id"), *to = column;
    for (char *at = column; *at; at += 17) {
        *to++ = at[15];
        *to++ = ' ';
    }
    *to = '\0';
    return column;
}

void add_line(struct buf *out, unsigned id, const char *members)
{
    buf_printf(out, "{\"id\":\"%016x\",%s%s\"files\":[\"%x.json\"]}\n", id, members,
               *members ? "," : "", id);
}
