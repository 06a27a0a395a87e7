/* Brendan Gregg's folded stacks, as flamegraph.pl and inferno read them. Each node of
 * the call tree that has self time is one line:
 *
 *     GET /search;search (shop/app.py:12);walk (shop/tree.py:3) 1500
 *
 * The line contains the frames, starting with the request, a space, and the self time
 * in microseconds. Times are rounded so that their sum is the request's rounded time;
 * lines with 0 are left out.
 *
 * In frames ';' becomes ':', and invalid UTF-8 and control characters become U+FFFD.
 * Both tools take a second number at the end of a line for another count, so in a frame
 * that ends in a number the space before it becomes '_'.
 *
 * The format repeats each whole stack, so 65,536 nodes of one recursion would take
 * gigabytes. If the report would exceed MAX_BYTES, stacks are cut at the length that
 * fits, and the time below goes to a frame "[deeper frames]". */

#include "folded.h"

#include "profile/preorder.h"
#include "report/common/decimal.h"
#include "report/common/label.h"
#include "report/common/safetext.h"

#include <stdlib.h>

#define MAX_BYTES ((size_t)128 << 20)
#define COUNT_BYTES 12 /* a space, a typical count, a newline */

struct folded {
    const struct calltree *tree;
    struct preorder order;
    struct buf labels; /* the request's, then each function's */
    size_t *label_ends;
    size_t *path_bytes; /* by node: bytes of its frames and separators */
    uint64_t *self_ns;  /* by node: microseconds come from this time */
    uint64_t *cut_ns;   /* by node: time below it in frames that are not shown */
    size_t longest;     /* the largest of path_bytes that is shown */
    struct buf path;    /* of the current node */
    uint64_t total_ns, total_us; /* of the lines so far */
};

static void add_frame_text(struct buf *out, struct str text)
{
    size_t start = out->len;
    safetext_add_plain(out, text);
    for (size_t i = start; i < out->len; i++)
        if (out->data[i] == ';')
            out->data[i] = ':';
}

/* Changes "a 12" to "a_12". */
static void hide_count(struct buf *out, size_t start)
{
    size_t at = out->len;
    while (at > start && strchr("0123456789.", out->data[at - 1]))
        at--;
    if (at < out->len && at > start && out->data[at - 1] == ' ')
        out->data[at - 1] = '_';
}

static void add_label(struct folded *f, struct buf *text, size_t index)
{
    size_t start = f->labels.len;
    add_frame_text(&f->labels, buf_str(text));
    hide_count(&f->labels, start);
    f->label_ends[index] = f->labels.len;
    text->len = 0;
}

/* Makes each function's label once, as a function has many nodes. */
static bool make_labels(struct folded *f, const struct profile *p,
                        const struct origins *origins)
{
    struct buf text = {0};
    label_request(p, &text);
    add_label(f, &text, 0);
    for (uint32_t i = 0; i < p->functab.count; i++) {
        label_frame(&p->functab, origins, i, &text);
        add_label(f, &text, (size_t)i + 1);
    }
    bool ok = !text.failed && !f->labels.failed;
    buf_free(&text);
    return ok;
}

static struct str node_label(const struct folded *f, uint32_t node)
{
    size_t i = node == CALLTREE_ROOT ? 0 : (size_t)f->tree->nodes[node].func + 1;
    size_t start = i ? f->label_ends[i - 1] : 0;
    return (struct str){f->labels.data + start, f->label_ends[i] - start};
}

static bool init(struct folded *f, const struct profile *p,
                 const struct origins *origins)
{
    size_t nodes = p->tree.count ? p->tree.count : 1;
    *f = (struct folded){
        .tree = &p->tree,
        .label_ends = calloc((size_t)p->functab.count + 1, sizeof *f->label_ends),
        .path_bytes = calloc(nodes, sizeof *f->path_bytes),
        .self_ns = calloc(nodes, sizeof *f->self_ns),
        .cut_ns = calloc(nodes, sizeof *f->cut_ns),
    };
    return preorder_make(&f->order, &p->tree) && f->label_ends && f->path_bytes &&
           f->self_ns && f->cut_ns && make_labels(f, p, origins);
}

static void measure_paths(struct folded *f)
{
    for (uint32_t i = 0; i < f->tree->count; i++) {
        f->path_bytes[i] = node_label(f, i).len;
        if (i != CALLTREE_ROOT)
            f->path_bytes[i] += f->path_bytes[f->tree->nodes[i].parent] + 1;
        f->self_ns[i] = f->tree->nodes[i].self;
    }
}

/* The size of the report, or a bit less, if stacks of at most this length are shown. */
static size_t report_bytes(const struct folded *f, size_t longest)
{
    size_t sum = 0;
    for (uint32_t i = 1; i < f->tree->count; i++) {
        size_t bytes = f->path_bytes[i];
        if (bytes > longest) /* its parent has its time */
            bytes = f->path_bytes[f->tree->nodes[i].parent];
        if (bytes <= longest && f->self_ns[i])
            sum += bytes + COUNT_BYTES;
    }
    return sum;
}

static void choose_longest(struct folded *f)
{
    size_t fits = f->path_bytes[CALLTREE_ROOT], not_looked_at = fits;
    for (uint32_t i = 0; i < f->tree->count; i++)
        if (f->path_bytes[i] > not_looked_at)
            not_looked_at = f->path_bytes[i];
    f->longest = not_looked_at;
    if (report_bytes(f, f->longest) <= MAX_BYTES)
        return;
    while (fits + 1 < not_looked_at) {
        size_t middle = fits + (not_looked_at - fits) / 2;
        if (report_bytes(f, middle) <= MAX_BYTES)
            fits = middle;
        else
            not_looked_at = middle;
    }
    f->longest = fits;
}

/* From the end: the time cut off below a node must be known before the node's turn. */
static void cut_deeper(struct folded *f)
{
    for (uint32_t i = f->tree->count; i-- > 1;) {
        if (f->path_bytes[i] <= f->longest)
            continue;
        f->cut_ns[f->tree->nodes[i].parent] += f->self_ns[i] + f->cut_ns[i];
        f->self_ns[i] = f->cut_ns[i] = 0;
    }
}

static void add_line(struct folded *f, const char *last_frame, uint64_t ns,
                     struct buf *out)
{
    f->total_ns += ns;
    uint64_t us = (f->total_ns + 500) / 1000 - f->total_us;
    if (us == 0)
        return;
    f->total_us += us;
    buf_add_str(out, buf_str(&f->path));
    buf_add_text(out, last_frame);
    buf_add_char(out, ' ');
    decimal_add_integer(out, us, 0);
    buf_add_char(out, '\n');
}

/* In preorder, path already begins with the parent's path: only nodes below the parent
 * have written behind it. */
static void add_node(struct folded *f, uint32_t node, struct buf *out)
{
    if (f->path_bytes[node] > f->longest)
        return;
    f->path.len = 0;
    if (node != CALLTREE_ROOT) {
        f->path.len = f->path_bytes[f->tree->nodes[node].parent];
        buf_add_char(&f->path, ';');
    }
    buf_add_str(&f->path, node_label(f, node));
    if (f->path.failed)
        return;
    add_line(f, "", f->self_ns[node], out);
    add_line(f, ";[deeper frames]", f->cut_ns[node], out);
}

bool folded_write(const struct report *r, struct buf *out)
{
    struct folded f;
    bool ok = init(&f, r->profile, r->choice->rules.origins);
    if (ok) {
        measure_paths(&f);
        choose_longest(&f);
        cut_deeper(&f);
        for (uint32_t i = 0; i < f.order.count; i++)
            add_node(&f, f.order.nodes[i], out);
        ok = !f.path.failed && !out->failed;
    }
    preorder_free(&f.order);
    buf_free(&f.labels);
    buf_free(&f.path);
    free(f.label_ends);
    free(f.path_bytes);
    free(f.self_ns);
    free(f.cut_ns);
    return ok;
}
