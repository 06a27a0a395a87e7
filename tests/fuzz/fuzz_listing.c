/* An index.jsonl that anybody may have edited, and questions about it.
 *
 * Input: a query string, a newline, the index. */

#include "fuzz.h"

#include "browse/find.h"
#include "browse/listing.h"
#include "options/routenames.h"
#include "report/common/jsonread.h"
#include "store/index.h"
#include "store/indexfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char root[] = "/tmp/profiler-fuzz.XXXXXX";
static int dir = -1;

static void remove_all(void)
{
    unlinkat(dir, INDEX_NAME, 0);
    rmdir(root);
}

static void put_index(struct str content)
{
    if (dir < 0) {
        CHECK(mkdtemp(root) && (dir = open(root, O_PATH | O_DIRECTORY)) >= 0);
        atexit(remove_all);
    }
    int fd = openat(dir, INDEX_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, content.data, content.len) == (ssize_t)content.len);
    close(fd);
}

/* A row that is written and read again is the same row; what the list shows, pruning
 * can remove. */
static bool check_row(struct str line, struct index_row *row)
{
    struct index_row again = {0};
    struct index_entry entry = {0};
    struct buf text = {0}, same = {0};
    struct str copy = fuzz_copy(line);
    bool ok = indexrow_read(row, copy);
    if (ok) {
        indexrow_write(row, &text);
        buf_add_char(&text, '}');
        fuzz_check_json(buf_str(&text));
        CHECK(indexrow_read(&again, buf_str(&text)));
        indexrow_write(&again, &same);
        buf_add_char(&same, '}');
        CHECK(str_equal(buf_str(&text), buf_str(&same)));
        CHECK(index_read(&entry, copy) && entry.file_count == row->files.count);
        CHECK(row_is_id(row->id));
    }
    free((char *)copy.data);
    buf_free(&text);
    buf_free(&same);
    indexrow_free(&again);
    index_entry_free(&entry);
    return ok;
}

/* Every line that can be read is found by its id. Returns the number of lines. */
static size_t check_lines(struct str content)
{
    size_t lines = 0;
    struct index_row row = {0}, found = {0};
    while (content.data && content.len && memchr(content.data, '\n', content.len)) {
        lines++;
        if (!check_row(fuzz_line(&content), &row))
            continue;
        CHECK(find_profile(dir, row.id, &found));
        CHECK(str_equal(found.id, row.id));
    }
    indexrow_free(&row);
    indexrow_free(&found);
    return lines;
}

/* Appends the text of a member, or null. */
static bool member(const struct buf *answer, struct str key, struct buf *out)
{
    const char *at = answer->data, *end = answer->data + answer->len;
    const char *found = memmem(at, answer->len, key.data, key.len);
    CHECK(found);
    struct json_reader r = {found + key.len, end};
    return !json_take_null(&r) && json_take_string(&r, out);
}

static size_t count_of(const struct buf *answer, struct str text)
{
    size_t count = 0;
    struct str rest = buf_str(answer);
    const char *at;
    while (rest.len && (at = memmem(rest.data, rest.len, text.data, text.len))) {
        count++;
        rest.len -= (size_t)(at + text.len - rest.data);
        rest.data = at + text.len;
    }
    return count;
}

/* Follows the answers to the end. Returns the number of rows, SIZE_MAX for an error. */
static size_t follow(struct str query, uint64_t budget_ns, size_t slices_most)
{
    static const struct route_rules rules = {0};
    struct listing l = {dir, &rules, budget_ns};
    struct buf cursor = {0}, question = {0}, answer = {0};
    size_t rows = 0, slices = 0;
    bool more = true;
    while (more) {
        question.len = answer.len = 0;
        buf_add_str(&question, query);
        if (cursor.len) {
            buf_add_text(&question, "&cursor=");
            buf_add_str(&question, buf_str(&cursor));
        }
        struct str copy = fuzz_copy(buf_str(&question));
        enum listing_status status = listing_write(&l, copy, &answer);
        free((char *)copy.data);
        fuzz_check_json(buf_str(&answer));
        CHECK(!answer.failed && status != LISTING_FAILED);
        cursor.len = 0;
        more = status == LISTING_OK && member(&answer, STR("\"next\":"), &cursor);
        rows += count_of(&answer, STR("{\"id\":\""));
        if (status != LISTING_OK)
            rows = SIZE_MAX;
        CHECK(++slices <= slices_most + 1);
    }
    buf_free(&cursor);
    buf_free(&question);
    buf_free(&answer);
    return rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str content = fuzz_input(data, size);
    struct str query = fuzz_line(&content);
    if (!content.data)
        content = STR("");
    put_index(content);
    size_t lines = check_lines(content);
    /* One line a slice, or all at once: the same rows, unless a slice has the best ones
     * only. (The names of parameters may be encoded.) */
    size_t rows = follow(query, 0, lines), sliced = follow(query, 1, lines);
    if (rows == SIZE_MAX || sliced == SIZE_MAX)
        return 0;
    bool all = query.len == 0 || (!memmem(query.data, query.len, "sort", 4) &&
                                  !memchr(query.data, '%', query.len));
    CHECK(all ? rows == sliced : rows <= sliced);
    CHECK(sliced <= lines);
    return 0;
}
