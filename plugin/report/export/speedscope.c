/* A file for speedscope: https://www.speedscope.app/file-format-schema.json
 *
 * Frame 0 is the request, frame i + 1 is function i. Values are seconds with nine
 * decimals, which is exact.
 *
 * A sampled request is a "sampled" profile: the moments of its timeline in order, each
 * with its whole stack. Neighbours in the same node are merged. Stacks take moments
 * times depth (65,536 of 5,000 frames: 2 GB). So above MAX_STACK_ENTRIES, and if there
 * is no timeline, as in deterministic mode, the call tree is written as an "evented"
 * profile, with two events per node. There a node's self time comes before its
 * children, which are in the order of their first call: times are correct, but the
 * order of events is not known. */

#include "speedscope.h"

#include "profile/preorder.h"
#include "report/common/decimal.h"
#include "report/common/json.h"
#include "report/common/label.h"

#include <stdlib.h>

#define MAX_STACK_ENTRIES UINT64_C(2000000) /* of up to 7 bytes */

struct speedscope {
    const struct profile *profile;
    struct preorder order;
    struct buf name; /* of the request */
};

static uint32_t frame_of(const struct speedscope *s, uint32_t node)
{
    return node == CALLTREE_ROOT ? 0 : s->profile->tree.nodes[node].func + 1;
}

static void add_frame(const struct functab *t, uint32_t func, struct buf *out)
{
    struct str file = functab_file(t, func);
    int32_t line = t->funcs[func].line;
    json_next(out);
    buf_add_char(out, '{');
    struct buf name = {0};
    label_name(t, func, &name);
    json_text(out, "name", buf_str(&name));
    out->failed |= name.failed;
    buf_free(&name);
    if (!functab_is_builtin(t, func) && file.len)
        json_text(out, "file", file);
    if (!functab_is_builtin(t, func) && line > 0)
        json_number(out, "line", (uint64_t)line);
    buf_add_char(out, '}');
}

static void add_frames(const struct speedscope *s, struct buf *out)
{
    const struct functab *t = &s->profile->functab;
    json_key(out, "shared");
    buf_add_text(out, "{\"frames\":[{");
    json_text(out, "name", buf_str(&s->name));
    buf_add_char(out, '}');
    for (uint32_t i = 0; i < t->count; i++)
        add_frame(t, i, out);
    buf_add_text(out, "]}");
}

static void open_profile(const struct speedscope *s, const char *type, uint64_t end_ns,
                         struct buf *out)
{
    json_key(out, "profiles");
    buf_add_text(out, "[{");
    json_text(out, "type", str_from(type));
    json_text(out, "name", buf_str(&s->name));
    json_text(out, "unit", STR("seconds"));
    json_number(out, "startValue", 0);
    json_key(out, "endValue");
    decimal_add_seconds(out, end_ns);
}

/* Returns the time of the moments from *i on that are in one node, and moves *i behind
 * them. */
static uint64_t next_run(const struct sampled *s, uint32_t *i, uint32_t *node)
{
    uint64_t ns = 0;
    for (*node = s->timeline[*i].node;
         *i < s->timeline_count && s->timeline[*i].node == *node; ++*i)
        ns += s->timeline[*i].dt_ns;
    return ns;
}

/* Returns the number of frames in all stacks. Sets *total_ns to the time of all. */
static uint64_t stack_entries(const struct speedscope *s, uint64_t *total_ns)
{
    const struct sampled *sampled = &s->profile->sampled;
    uint64_t entries = 0;
    *total_ns = 0;
    for (uint32_t i = 0, node; i < sampled->timeline_count;) {
        *total_ns += next_run(sampled, &i, &node);
        entries += s->order.depths[node] + UINT64_C(1);
    }
    return entries;
}

/* Writes the stack, from the request to node. scratch has room for the deepest
 * stack. */
static void add_stack(const struct speedscope *s, uint32_t node, uint32_t *scratch,
                      struct buf *out)
{
    uint32_t depth = s->order.depths[node];
    for (uint32_t i = depth + 1; i-- > 0; node = s->profile->tree.nodes[node].parent)
        scratch[i] = frame_of(s, node);
    json_next(out);
    buf_add_char(out, '[');
    for (uint32_t i = 0; i <= depth; i++)
        json_item(out, scratch[i]);
    buf_add_char(out, ']');
}

static bool add_samples(const struct speedscope *s, uint64_t total_ns, struct buf *out)
{
    const struct sampled *sampled = &s->profile->sampled;
    uint32_t *scratch = calloc(s->order.count, sizeof *scratch), node;
    if (!scratch)
        return false;
    open_profile(s, "sampled", total_ns, out);
    json_key(out, "samples");
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < sampled->timeline_count;) {
        next_run(sampled, &i, &node);
        add_stack(s, node, scratch, out);
    }
    buf_add_char(out, ']');
    json_key(out, "weights");
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < sampled->timeline_count;) {
        json_next(out);
        decimal_add_seconds(out, next_run(sampled, &i, &node));
    }
    buf_add_text(out, "]}]");
    free(scratch);
    return true;
}

static void add_event(const char *type, uint32_t frame, uint64_t at_ns, struct buf *out)
{
    json_next(out);
    buf_add_char(out, '{');
    json_text(out, "type", str_from(type));
    json_number(out, "frame", frame);
    json_key(out, "at");
    decimal_add_seconds(out, at_ns);
    buf_add_char(out, '}');
}

static uint64_t total_self_ns(const struct calltree *t)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < t->count; i++)
        sum += t->nodes[i].self;
    return sum;
}

static void add_tree(const struct speedscope *s, struct buf *out)
{
    const struct calltree *t = &s->profile->tree;
    uint64_t now_ns = 0;
    uint32_t last = CALLTREE_ROOT;
    open_profile(s, "evented", total_self_ns(t), out);
    json_key(out, "events");
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < s->order.count; i++) {
        uint32_t node = s->order.nodes[i];
        for (; node && last != t->nodes[node].parent; last = t->nodes[last].parent)
            add_event("C", frame_of(s, last), now_ns, out);
        add_event("O", frame_of(s, node), now_ns, out);
        now_ns += t->nodes[node].self;
        last = node;
    }
    for (; last; last = t->nodes[last].parent)
        add_event("C", frame_of(s, last), now_ns, out);
    if (s->order.count)
        add_event("C", 0, now_ns, out);
    buf_add_text(out, "]}]");
}

bool speedscope_write(const struct report *r, struct buf *out)
{
    const struct profile *p = r->profile;
    struct speedscope s = {.profile = p};
    label_request(p, &s.name);
    bool ok = preorder_make(&s.order, &p->tree) && !s.name.failed;
    if (ok) {
        buf_add_text(out, "{\"$schema\":"
                          "\"https://www.speedscope.app/file-format-schema.json\"");
        json_text(out, "exporter", STR("uwsgi-profiler"));
        json_text(out, "name", buf_str(&s.name));
        json_number(out, "activeProfileIndex", 0);
        add_frames(&s, out);
        uint64_t total_ns, entries = stack_entries(&s, &total_ns);
        if (entries > 0 && entries <= MAX_STACK_ENTRIES)
            ok = add_samples(&s, total_ns, out);
        else
            add_tree(&s, out);
        buf_add_text(out, "}\n");
    }
    preorder_free(&s.order);
    buf_free(&s.name);
    return ok && !out->failed;
}
