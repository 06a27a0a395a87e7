#include "fold.h"

#include <stdlib.h>

#define SERVER FUNCTAB_NONE /* func of the row of FOLD_SERVER */

struct owner {
    bool own;
    struct str library; /* empty for own code and builtins */
};

/* Working memory. Rows are nodes of a second call tree, which has the request as its
 * root, too. Arrays by row have one entry per node of the profile, and one more. */
struct work {
    const struct profile *profile;
    struct owner *owners; /* by function */
    struct calltree rows; /* self: nanoseconds */
    uint32_t *row_of;     /* by node */
    uint32_t *depth;      /* by node: recursion depth of its function, within its row */
    uint8_t *level;       /* by row */
    uint64_t *total;      /* by row */
    uint32_t *order;      /* rows that are shown, the one with the most time last */
    uint32_t *child, *next; /* by row, if shown: first child, next sibling; 0: none */
    uint32_t *shown;        /* by row: index in fold.rows; 0: not shown, or the root */
    uint32_t shown_count;
    struct pairtab parts; /* by fold row and function: self */
};

static bool work_init(struct work *w, const struct profile *p)
{
    size_t nodes = p->tree.count, rows = nodes + 1;
    size_t funcs = p->functab.count;
    *w = (struct work){
        .profile = p,
        .owners = calloc(funcs ? funcs : 1, sizeof *w->owners),
        .row_of = calloc(rows, sizeof *w->row_of),
        .depth = calloc(rows, sizeof *w->depth),
        .level = calloc(rows, sizeof *w->level),
        .total = calloc(rows, sizeof *w->total),
        .order = calloc(rows, sizeof *w->order),
        .child = calloc(rows, sizeof *w->child),
        .next = calloc(rows, sizeof *w->next),
        .shown = calloc(rows, sizeof *w->shown),
    };
    return calltree_init(&w->rows, (uint32_t)rows) && w->owners && w->row_of &&
           w->depth && w->level && w->total && w->order && w->child && w->next &&
           w->shown;
}

static void work_free(struct work *w)
{
    free(w->owners);
    calltree_free(&w->rows);
    free(w->row_of);
    free(w->depth);
    free(w->level);
    free(w->total);
    free(w->order);
    free(w->child);
    free(w->next);
    free(w->shown);
    pairtab_free(&w->parts);
}

static void find_owners(struct work *w, const struct origin_rules *rules)
{
    const struct profile *p = w->profile;
    for (uint32_t id = 0; id < p->functab.count; id++) {
        struct owner *owner = &w->owners[id];
        enum origin origin = origin_folded(rules, &p->functab, id, &owner->library);
        owner->own = origin == ORIGIN_OWN;
        if (origin == ORIGIN_BUILTIN)
            owner->library = (struct str){"", 0};
    }
}

static bool is_own(const struct work *w, uint32_t row)
{
    return row == CALLTREE_ROOT || w->owners[w->rows.nodes[row].func].own;
}

/* Returns the row above in which the same caller calls the same function, or 0. If
 * there is one, the function calls itself through others. The function alone is not
 * enough: a decorator's one wrapper() runs around the view, and around functions that
 * the view calls. */
static uint32_t recursion_row(const struct work *w, uint32_t caller, uint32_t func)
{
    const struct calltree_node *rows = w->rows.nodes;
    for (uint32_t row = caller; row != CALLTREE_ROOT; row = rows[row].parent) {
        uint32_t parent = rows[row].parent;
        if (rows[row].func == func && parent != CALLTREE_ROOT &&
            rows[parent].func == rows[caller].func)
            return row;
    }
    return 0;
}

/* Returns the row of a node whose parent is in the row above. 0 when out of memory. */
static uint32_t choose_row(struct work *w, uint32_t above, uint32_t func)
{
    bool own = w->owners[func].own;
    if (w->level[above] == FOLD_LEVELS || (!own && !is_own(w, above)))
        return above;
    if (own && above != CALLTREE_ROOT && w->rows.nodes[above].func == func)
        return above;
    uint32_t row = own ? recursion_row(w, above, func) : 0;
    if (row)
        return row;
    row = calltree_child(&w->rows, above, func, NULL);
    if (row)
        w->level[row] = (uint8_t)(w->level[above] + 1);
    return row;
}

/* The depth of a node in the recursion of its function: one more than the nearest node
 * above with the same function in the same row. */
static uint32_t recursion_depth(const struct work *w, uint32_t node)
{
    const struct calltree_node *nodes = w->profile->tree.nodes;
    uint32_t row = w->row_of[node], func = nodes[node].func;
    if (w->rows.nodes[row].func != func || !w->owners[func].own)
        return 0;
    for (uint32_t above = nodes[node].parent; above; above = nodes[above].parent) {
        uint32_t at = w->row_of[above];
        if (at == row && nodes[above].func == func)
            return w->depth[above] + 1;
        if (w->level[at] < w->level[row] ||
            (at != row && w->level[at] == w->level[row]))
            break; /* above the row: recursion starts here */
    }
    return 1;
}

static bool place_nodes(struct work *w)
{
    const struct calltree *t = &w->profile->tree;
    for (uint32_t i = 1; i < t->count; i++) {
        const struct calltree_node *n = &t->nodes[i];
        uint32_t row = choose_row(w, w->row_of[n->parent], n->func);
        if (!row)
            return false;
        w->row_of[i] = row;
        w->depth[i] = recursion_depth(w, i);
        w->rows.nodes[row].self += n->self;
    }
    return true;
}

static bool place_server(struct work *w)
{
    const struct calltree *t = &w->profile->tree;
    if (!t->count || !t->nodes[CALLTREE_ROOT].self)
        return true;
    uint32_t row = calltree_child(&w->rows, CALLTREE_ROOT, SERVER, NULL);
    if (!row)
        return false;
    w->level[row] = 1;
    w->rows.nodes[row].self = t->nodes[CALLTREE_ROOT].self;
    return true;
}

static void add_up(struct work *w)
{
    const struct calltree *rows = &w->rows;
    for (uint32_t i = rows->count; i-- > 0;) {
        w->total[i] += rows->nodes[i].self;
        if (i)
            w->total[rows->nodes[i].parent] += w->total[i];
    }
}

static int lighter_first(const void *a, const void *b, void *context)
{
    const uint64_t *total = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (total[x] != total[y])
        return total[x] < total[y] ? -1 : 1;
    return x > y ? -1 : 1; /* select_rows reverses the order */
}

static bool is_small(const struct work *w, uint32_t row)
{
    return w->total[row] * 100 < w->total[CALLTREE_ROOT] || w->total[row] == 0;
}

/* Links the rows that are shown, and sums up those that are not. */
static void select_rows(struct work *w, struct fold *f)
{
    const struct calltree_node *rows = w->rows.nodes;
    for (uint32_t i = 1; i < w->rows.count; i++) {
        if (!is_small(w, i))
            w->order[w->shown_count++] = i;
        else if (rows[i].func != SERVER && !is_small(w, rows[i].parent))
            f->small_ns += w->total[i];
    }
    qsort_r(w->order, w->shown_count, sizeof *w->order, lighter_first, w->total);
    for (uint32_t i = 0; i < w->shown_count; i++) {
        uint32_t row = w->order[i], parent = rows[row].parent;
        w->next[row] = w->child[parent];
        w->child[parent] = row;
    }
}

static void emit(struct work *w, struct fold *f, uint32_t row)
{
    const struct calltree_node *n = &w->rows.nodes[row];
    enum fold_kind kind = row == CALLTREE_ROOT     ? FOLD_REQUEST
                          : n->func == SERVER      ? FOLD_SERVER
                          : w->owners[n->func].own ? FOLD_OWN
                                                   : FOLD_LIBRARY;
    w->shown[row] = f->count;
    f->rows[f->count++] = (struct fold_row){
        .kind = kind,
        .func = n->func,
        .level = w->level[row],
        .last = w->next[row] == 0,
        .total = w->total[row],
        .self = n->self,
    };
}

static bool emit_rows(struct work *w, struct fold *f)
{
    f->rows = malloc((w->shown_count + 1) * sizeof *f->rows);
    if (!f->rows)
        return false;
    uint32_t row = CALLTREE_ROOT;
    do {
        emit(w, f, row);
        if (w->child[row]) {
            row = w->child[row];
            continue;
        }
        while (row && !w->next[row])
            row = w->rows.nodes[row].parent;
        row = w->next[row];
    } while (row);
    return true;
}

static void add_library(struct fold_row *row, struct str library)
{
    unsigned i = 0;
    if (!library.len)
        return;
    for (; i < FOLD_LIBRARIES && row->libraries[i].len; i++)
        if (str_equal(row->libraries[i], library))
            return;
    if (i < FOLD_LIBRARIES)
        row->libraries[i] = library;
    else
        row->more_libraries = true;
}

static void add_waits(struct fold_row *row, const struct sampled *s, uint32_t node)
{
    for (unsigned kind = 0; s->node_wait_ns && kind < WAIT_KINDS; kind++)
        row->waits[kind] += s->node_wait_ns[node][kind];
}

/* Returns false when out of memory. */
static bool add_part(struct work *w, struct fold *f, uint32_t index,
                     const struct calltree_node *n)
{
    struct fold_row *row = &f->rows[index];
    struct pair *part = pairtab_get(&w->parts, index, n->func);
    if (!part)
        return false;
    part->self += (int64_t)n->self;
    if ((uint64_t)part->self > row->hottest_ns) {
        row->hottest_ns = (uint64_t)part->self;
        row->hottest = n->func;
    }
    return true;
}

static bool describe_node(struct work *w, struct fold *f, uint32_t node)
{
    const struct calltree_node *n = &w->profile->tree.nodes[node];
    uint32_t index = w->shown[w->row_of[node]];
    if (!index) {
        f->small_count++;
        return true;
    }
    struct fold_row *row = &f->rows[index];
    add_waits(row, &w->profile->sampled, node);
    add_library(row, w->owners[n->func].library);
    if (w->depth[node] > row->depth)
        row->depth = w->depth[node];
    row->hidden += w->depth[node] == 0 && w->row_of[n->parent] == w->row_of[node];
    return add_part(w, f, index, n);
}

/* Sums up the nodes of each row that is shown. */
static bool describe(struct work *w, struct fold *f)
{
    const struct calltree *t = &w->profile->tree;
    for (uint32_t i = 1; i < t->count; i++)
        if (!describe_node(w, f, i))
            return false;
    for (uint32_t i = 1; i < f->count; i++)
        if (f->rows[i].kind == FOLD_SERVER)
            add_waits(&f->rows[i], &w->profile->sampled, CALLTREE_ROOT);
    return true;
}

bool fold_make(struct fold *f, const struct profile *p,
               const struct origin_rules *rules)
{
    struct work w;
    *f = (struct fold){0};
    bool ok = work_init(&w, p);
    if (ok) {
        find_owners(&w, rules);
        ok = place_server(&w) && place_nodes(&w);
    }
    if (ok) {
        add_up(&w);
        select_rows(&w, f);
        ok = emit_rows(&w, f) && describe(&w, f);
    }
    work_free(&w);
    if (!ok)
        fold_free(f);
    return ok;
}

void fold_free(struct fold *f)
{
    free(f->rows);
    *f = (struct fold){0};
}
