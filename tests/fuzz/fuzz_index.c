/* An index.jsonl that anybody may have edited, and pruning by it.
 *
 * Input: the file. Its directory contains profiles and other files. */

#include "fuzz.h"

#include "base/utf8.h"
#include "store/index.h"
#include "store/indexfile.h"
#include "store/lines.h"
#include "store/prune.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/profiler-fuzz.XXXXXX";
static int outside = -1, dir = -1; /* root, and root/p, which is pruned */

static const char *const ours[] = {"a.prof", "a.txt", "b.prof",
                                   "größe-1.speedscope.json"};
#define OURS (sizeof ours / sizeof *ours)

static void put_file(int at, const char *name, struct str content)
{
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    CHECK(fd >= 0 && write(fd, content.data, content.len) == (ssize_t)content.len);
    close(fd);
}

static bool is_there(int at, const char *name)
{
    struct stat st;
    return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void remove_all(void)
{
    for (size_t i = 0; i < OURS; i++)
        unlinkat(dir, ours[i], 0);
    unlinkat(dir, INDEX_NAME, 0);
    unlinkat(dir, "notes", 0);
    unlinkat(dir, "link.prof", 0);
    unlinkat(dir, "dir.prof", AT_REMOVEDIR);
    unlinkat(outside, "p", AT_REMOVEDIR);
    unlinkat(outside, "out.prof", 0);
    rmdir(root);
}

static void make_all(void)
{
    CHECK(mkdtemp(root) && (outside = open(root, O_PATH | O_DIRECTORY)) >= 0);
    CHECK(mkdirat(outside, "p", 0700) == 0);
    CHECK((dir = openat(outside, "p", O_PATH | O_DIRECTORY)) >= 0);
    put_file(outside, "out.prof", STR("x"));
    put_file(dir, "notes", STR("x"));
    CHECK(symlinkat("../out.prof", dir, "link.prof") == 0);
    CHECK(mkdirat(dir, "dir.prof", 0700) == 0);
    atexit(remove_all);
}

static void check_others(void)
{
    CHECK(is_there(outside, "out.prof"));
    CHECK(is_there(dir, "notes"));
    CHECK(is_there(dir, "link.prof"));
    CHECK(is_there(dir, "dir.prof"));
}

/* Writing an entry and reading it again must give the same entry. */
static void check_round_trip(const struct index_entry *e)
{
    struct str names[64];
    size_t count = 0;
    const char *name = NULL;
    while ((name = index_next_name(e, name))) {
        struct str n = str_from(name);
        CHECK(n.len <= FILENAME_MAX_BYTES && *name != '.' && !strchr(name, '/'));
        if (count == 64)
            return;
        names[count++] = n;
    }
    CHECK(count == e->file_count);
    const struct profile empty = {0};
    struct buf line = {0};
    struct index_entry again = {0};
    CHECK(index_line(&empty, names, count, e->bytes, &line));
    CHECK(index_read(&again, (struct str){line.data, line.len - 1}));
    CHECK(again.file_count == count && again.bytes == e->bytes);
    CHECK(str_equal(buf_str(&again.names), buf_str(&e->names)));
    index_entry_free(&again);
    buf_free(&line);
}

/* Reading by blocks must give the same lines as in memory, and all of them. Returns
 * true if they are above the limits. */
static bool check_lines(struct str content, const struct prune *p)
{
    uint64_t files = 0, bytes = 0;
    int fd = indexfile_open(dir);
    struct lines lines = {.fd = fd};
    struct index_entry e = {0};
    struct str line;
    while (lines_next(&lines, &line)) {
        CHECK(content.data && memchr(content.data, '\n', content.len));
        CHECK(str_equal(line, fuzz_line(&content)));
        struct str copy = fuzz_copy(line);
        if (index_read(&e, copy)) {
            check_round_trip(&e);
            files += e.file_count;
            bytes += e.bytes;
        }
        free((char *)copy.data);
    }
    CHECK(!content.data || !memchr(content.data, '\n', content.len));
    CHECK(!lines.reason);
    lines_free(&lines);
    index_entry_free(&e);
    close(fd);
    return files > p->max_files || bytes > p->max_bytes;
}

/* In the new index every line must be complete, and have an existing file. */
static void check_pruned(void)
{
    int fd = indexfile_open(dir);
    struct lines lines = {.fd = fd};
    struct index_entry e = {0};
    struct str line;
    while (lines_next(&lines, &line)) {
        CHECK(index_read(&e, line));
        bool any = false;
        const char *name = NULL;
        while ((name = index_next_name(&e, name)))
            any |= is_there(dir, name);
        CHECK(any);
    }
    lines_free(&lines);
    index_entry_free(&e);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (dir < 0)
        make_all();
    struct str content = fuzz_input(data, size);
    struct buf error = {0};
    struct prune p = {.max_files = 1 + fuzz_hash(content) % 3, .max_bytes = 1000};
    for (size_t i = 0; i < OURS; i++)
        put_file(dir, ours[i], STR("1234567890"));
    put_file(dir, INDEX_NAME, content);
    bool above = check_lines(content, &p);
    CHECK(prune_directory(&p, dir, root, &error) && error.len == 0);
    check_others();
    if (above)
        check_pruned();
    buf_free(&error);
    return 0;
}
