#include "source.h"

#include "base/fd.h"
#include "encoding.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct wanted {
    struct str file;
    const struct line_time *line;
};

/* ------------------------------------------------------------ which lines */

static bool ends_with(struct str name, struct str end)
{
    return name.len > end.len &&
           !memcmp(name.data + name.len - end.len, end.data, end.len);
}

static bool is_source(struct str file)
{
    return (ends_with(file, STR(".py")) || ends_with(file, STR(".pyw")) ||
            ends_with(file, STR(".wsgi"))) &&
           !memchr(file.data, '\0', file.len);
}

static int descending(uint64_t a, uint64_t b)
{
    return (a < b) - (a > b);
}

static int by_time(const void *a, const void *b)
{
    const struct line_time *x = ((const struct wanted *)a)->line;
    const struct line_time *y = ((const struct wanted *)b)->line;
    int order = descending(x->self_ns, y->self_ns);
    if (!order)
        order = descending(x->hits, y->hits);
    return order ? order : (x > y) - (x < y);
}

static int by_file(struct str a, struct str b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_place(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    int order = by_file(x->file, y->file);
    return order ? order
                 : (x->line->line > y->line->line) - (x->line->line < y->line->line);
}

/* Chooses the lines to read: sorted by file, and by line within a file. */
static size_t choose(const struct profile *p, struct wanted *wanted)
{
    size_t count = 0;
    for (uint32_t i = 0; i < p->sampled.line_count; i++) {
        const struct line_time *line = &p->sampled.lines[i];
        struct str file = functab_file(&p->functab, line->func);
        if (line->line > 0 && is_source(file))
            wanted[count++] = (struct wanted){file, line};
    }
    if (count == 0)
        return 0;
    qsort(wanted, count, sizeof *wanted, by_time);
    if (count > SOURCE_LINES)
        count = SOURCE_LINES;
    qsort(wanted, count, sizeof *wanted, by_place);
    return count;
}

/* ---------------------------------------------------------------- the file */

/* Checks the file before opening it, as opening a device may have effects; and after,
 * as another file may have replaced it. */
static int open_regular(const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size > SOURCE_FILE_BYTES)
        return -1;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

#define BLOCK_BYTES 65536

/* Reads up to the end. A file that has grown beyond the limit counts as empty. */
static void read_all(int fd, struct buf *text)
{
    while (text->len <= SOURCE_FILE_BYTES && buf_reserve(text, BLOCK_BYTES)) {
        ssize_t got = fd_read_all(fd, text->data + text->len, BLOCK_BYTES);
        text->len += got > 0 ? (size_t)got : 0;
        if (got < BLOCK_BYTES)
            return;
    }
    text->len = 0;
}

/* Returns false when out of memory. */
static bool read_file(struct str file, struct buf *text)
{
    struct buf path = {0};
    text->len = 0;
    buf_add_str(&path, file);
    const char *name = buf_cstr(&path);
    bool ok = !path.failed;
    int fd = ok ? open_regular(name) : -1;
    buf_free(&path);
    if (fd < 0)
        return ok;
    read_all(fd, text);
    close(fd);
    return !text->failed;
}

/* --------------------------------------------------------------- its lines */

/* Cuts a long line, but not inside a character. */
static struct str shorten(struct str line)
{
    if (line.len > SOURCE_LINE_BYTES)
        for (line.len = SOURCE_LINE_BYTES;
             line.len > SOURCE_LINE_BYTES - 3 && (line.data[line.len] & 0xc0) == 0x80;)
            line.len--;
    while (line.len &&
           (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\t'))
        line.len--;
    return line;
}

/* Enough for SOURCE_LINE_BYTES bytes of UTF-8 in any encoding. */
#define ENCODED_BYTES (5 * SOURCE_LINE_BYTES)

static uint32_t add_line(struct sources *s, struct encoding *e, struct str line)
{
    struct buf text = {0};
    bool cut = line.len > ENCODED_BYTES;
    if (cut)
        line.len = ENCODED_BYTES;
    s->undecoded |= !encoding_decode(e, line, cut, &text);
    s->strings->failed |= text.failed;
    uint32_t index = strings_add(s->strings, shorten(buf_str(&text)));
    buf_free(&text);
    return index;
}

/* Adds the wanted lines that the file contains. All are in one file. */
static void add_lines(struct sources *s, struct str text, const struct wanted *wanted,
                      size_t count)
{
    struct str line = {"", 0};
    int32_t number = 0;
    struct encoding encoding = encoding_open(&text);
    for (size_t i = 0; i < count; i++) {
        while (number < wanted[i].line->line && encoding_next_line(&text, &line))
            number++;
        if (number < wanted[i].line->line)
            break;
        s->texts[wanted[i].line - s->profile->sampled.lines] =
            add_line(s, &encoding, line);
    }
    encoding_close(&encoding);
}

static bool add_files(struct sources *s, const struct wanted *wanted, size_t count)
{
    struct buf text = {0};
    size_t total = 0;
    bool ok = true;
    for (size_t i = 0, end; ok && i < count && total < SOURCE_TOTAL_BYTES; i = end) {
        for (end = i + 1; end < count && str_equal(wanted[i].file, wanted[end].file);)
            end++;
        ok = read_file(wanted[i].file, &text);
        total += text.len;
        add_lines(s, buf_str(&text), wanted + i, end - i);
    }
    buf_free(&text);
    return ok;
}

bool source_add(struct sources *s)
{
    const struct profile *p = s->profile;
    struct strings *strings = s->strings;
    uint32_t none = strings_add(strings, STR(""));
    for (uint32_t i = 0; i < p->sampled.line_count; i++)
        s->texts[i] = none;
    if (p->sampled.line_count == 0)
        return !strings->failed;
    struct wanted *wanted = calloc(p->sampled.line_count, sizeof *wanted);
    if (!wanted)
        return false;
    bool ok = add_files(s, wanted, choose(p, wanted));
    free(wanted);
    return ok && !strings->failed;
}
