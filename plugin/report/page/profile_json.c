/* The whole profile as one line of JSON, for programs and for the page.
 *
 * {"v":1,
 *  "meta":{"id","method","path","query" (as sent),"mount",
 *          "route" (profiler-group; or null),
 *          "flag",                          name of the query parameter that asked
 *                                           for the profile
 *          "status" (null: none),"response_bytes","location" (or null),
 *          "exception" (class name, or null),"started" (ISO 8601, UTC, microseconds),
 *          "mode":"deterministic" or "sampling",
 *          "wall_ns","cpu_ns" (of the request's thread),
 *          "wait_ns":{kind:ns},             by name, without cpu and without zeros;
 *                                           deterministic: "cpu wait", if known
 *          "calls","primitive_calls",       deterministic only
 *          "interval_ns","samples","lost",  sampling only
 *          "sort_by":[key],"restrictions":[text],
 *          "pid","worker","core","python","server","plugin" (versions),
 *          "notices":[{"code","text"}],     "pruned" also: "shown","nodes" (counts)
 *          "peers":[{"peer","wait" (kind number),"ns"}]},           sampling only
 *  "str":[text],                            each once
 *  "func":{"name":[str#],"file":[str#],"line":[n],"lib":[str#],"kind":[n],
 *          "cprofile":[str#],               only if a builtin has another name there
 *          "hide":[0 or 1]},               only if a function hides itself
 *  "node":{"depth":[n],"func":[func#],"self":[ns],
 *          "calls":[n],                     deterministic only
 *          "samples":[n],"cpu":[ns],        sampling only
 *          "wait":{"of":[node#],"kind":[kind number],"ns":[ns]},    sampling only
 *          "class":{"of":[node#],"name":[str#]}},   if there is one, see below
 *  "left":{"node":[node#],"func":[func#],"self":[ns],               see below
 *          "cpu":[ns],"wait":{"of":[left#],"kind":[kind number],"ns":[ns]}},
 *  "exact":{"func":[func#],"calls":[n],"primitive":[n],"self":[ns],"cumulative":[ns],
 *           "callers":[[[func#,calls,primitive,self,cumulative],...],...]},
 *  "tl":{"dt":[ns],"node":[node#],"wait":[kind number]},            sampling only
 *  "lines":{"func":[func#],"line":[n],"self":[ns],"total":[ns],     sampling only
 *           "hits":[n],
 *           "text":[str#]}}                 with profiler-source only
 *
 * Arrays of one object are parallel: item i of each describes the same thing. Times are
 * whole nanoseconds. "sampling only" and the like: in the other mode the key is absent.
 * Arrays without items are present, and empty.
 *
 * func   Function 0 is the request: its name is its label ("GET /search"), it has no
 *        file, line 0 and kind 4. Then follow those of functab.h, in their order. name
 *        is the qualified name. A builtin has file "~", line 0, and as name cProfile's
 *        "<built-in method ...>"; if that contains an address, it is in cprofile, and
 *        name is the type or function instead.
 *        kind: 0 own code, 1 library, 2 standard library, 3 builtin, 4 the request.
 *        lib is the library's name ("time" for <built-in method time.sleep>), "" for
 *        own code and if not known. hide is 1 for code with a local variable
 *        __tracebackhide__: readers that fold libraries should fold it, too.
 * node   In preorder. Node 0 is the request; siblings are in the order of their first
 *        call. self does not include the nodes below. samples is the number of samples
 *        with the node on their stack. cpu is the part of self in which the thread ran;
 *        wait has the other parts, one item per kind of each node, in node order.
 *        class: the method with the class of its object
 *        ("SecurityMiddleware.__call__"). A node has one only if all its calls were for
 *        objects of one class, and another class defines the method. Deterministic
 *        only, from Python 3.11 on.
 * left   Only if some calls are not in the tree. self is the part of the node's self
 *        time that was spent in calls below it. func had more than half of that (0: no
 *        function had). cpu and wait are its parts, when sampling.
 * exact  Only if the tree was truncated (notice "truncated") or is not shown whole
 *        (in a page, notice "pruned": see shown.h). It has all calls, counted by
 *        function as in pstats' table (when sampling, samples). callers has one item
 *        per function, with the same figures for each of its callers.
 * tl     The timeline, in order: each moment stands for the time dt before it.
 * lines  self is the time in the line itself, total includes calls from it. hits is
 *        the number of samples with the line on their stack. text is its source ("":
 *        not known), see source.h.
 * kinds  0 cpu, 1 gil, 2 sleep, 3 network read, 4 network write, 5 disk, 6 lock,
 *        7 child, 8 other, 9 switched out, 10 event loop, 11 cpu wait.
 *
 * Readers should ignore keys that they do not know. v changes only when the meaning of
 * a key changes. */

#include "profile_json.h"

#include "report/common/json.h"
#include "report/common/label.h"
#include "meta.h"
#include "source.h"
#include "strings.h"

#include <stdlib.h>

struct func_row {
    uint32_t name, file, lib; /* numbers in the string table */
    uint32_t cprofile;        /* cProfile's name of a builtin */
    enum origin kind;
};

struct profile_json {
    const struct profile *profile;
    const struct stats *stats;
    const struct report_choice *choice;
    struct shown shown;
    struct strings strings;
    uint32_t *classes; /* by label in profile->classes: number of its text; owned */
    struct func_row *funcs; /* by number in the report; 0 is the request */
    uint32_t *texts;        /* by line: its source in the string table; NULL: none */
    uint32_t notices;       /* of this report only: bits of enum notice_code */
    struct buf *out;
};

/* ------------------------------------------------------------------ columns */

/* Returns item i of an array. */
typedef uint64_t column(const struct profile_json *j, uint32_t i);

static void add_column(const struct profile_json *j, const char *key, uint32_t count,
                       column *get)
{
    json_key(j->out, key);
    buf_add_char(j->out, '[');
    for (uint32_t i = 0; i < count; i++)
        json_item(j->out, get(j, i));
    buf_add_char(j->out, ']');
}

static void open_object(const struct profile_json *j, const char *key)
{
    json_key(j->out, key);
    buf_add_char(j->out, '{');
}

static void close_object(const struct profile_json *j)
{
    buf_add_char(j->out, '}');
}

/* ---------------------------------------------------------------- functions */

static bool make_funcs(struct profile_json *j)
{
    const struct profile *p = j->profile;
    struct buf request = {0};
    j->funcs = calloc((size_t)p->functab.count + 1, sizeof *j->funcs);
    if (!j->funcs)
        return false;
    label_request(p, &request);
    j->funcs[0].name = strings_add(&j->strings, buf_str(&request));
    j->funcs[0].cprofile = j->funcs[0].name;
    j->funcs[0].file = j->funcs[0].lib = strings_add(&j->strings, STR(""));
    j->funcs[0].kind = ORIGIN_SYNTHETIC;
    for (uint32_t i = 0; i < p->functab.count; i++) {
        struct str lib = {"", 0};
        struct func_row *f = &j->funcs[i + 1];
        f->kind = origin_of(&j->choice->rules, &p->functab, i, &lib);
        f->name = strings_add(&j->strings, functab_qualname(&p->functab, i));
        f->cprofile = functab_is_builtin(&p->functab, i)
                          ? strings_add(&j->strings, functab_name(&p->functab, i))
                          : f->name;
        f->file = strings_add(&j->strings, functab_file(&p->functab, i));
        f->lib = strings_add(&j->strings, lib);
    }
    bool ok = !request.failed && !j->strings.failed;
    buf_free(&request);
    return ok;
}

static bool make_classes(struct profile_json *j)
{
    const struct classes *c = &j->profile->classes;
    j->classes = calloc((size_t)c->count + 1, sizeof *j->classes);
    for (uint32_t i = 0; j->classes && i < c->count; i++)
        j->classes[i] = strings_add(&j->strings, classes_label(c, i));
    return j->classes && !j->strings.failed;
}

static uint64_t func_name(const struct profile_json *j, uint32_t i)
{
    return j->funcs[i].name;
}

static uint64_t func_cprofile(const struct profile_json *j, uint32_t i)
{
    return j->funcs[i].cprofile;
}

static bool any_other_name(const struct profile_json *j)
{
    for (uint32_t i = 0; i <= j->profile->functab.count; i++)
        if (j->funcs[i].cprofile != j->funcs[i].name)
            return true;
    return false;
}

static uint64_t func_file(const struct profile_json *j, uint32_t i)
{
    return j->funcs[i].file;
}

static uint64_t func_line(const struct profile_json *j, uint32_t i)
{
    int32_t line = i ? j->profile->functab.funcs[i - 1].line : 0;
    return line > 0 ? (uint64_t)line : 0;
}

static uint64_t func_lib(const struct profile_json *j, uint32_t i)
{
    return j->funcs[i].lib;
}

static uint64_t func_kind(const struct profile_json *j, uint32_t i)
{
    return j->funcs[i].kind;
}

static uint64_t func_hide(const struct profile_json *j, uint32_t i)
{
    return i && functab_is_hidden(&j->profile->functab, i - 1);
}

static bool any_hidden(const struct functab *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (functab_is_hidden(t, i))
            return true;
    return false;
}

static void add_funcs(const struct profile_json *j)
{
    uint32_t count = j->profile->functab.count + 1;
    json_key(j->out, "str");
    buf_add_char(j->out, '[');
    buf_add_str(j->out, buf_str(&j->strings.json));
    buf_add_char(j->out, ']');
    open_object(j, "func");
    add_column(j, "name", count, func_name);
    add_column(j, "file", count, func_file);
    add_column(j, "line", count, func_line);
    add_column(j, "lib", count, func_lib);
    add_column(j, "kind", count, func_kind);
    if (any_other_name(j))
        add_column(j, "cprofile", count, func_cprofile);
    if (any_hidden(&j->profile->functab))
        add_column(j, "hide", count, func_hide);
    close_object(j);
}

/* -------------------------------------------------------------------- nodes */

static const struct calltree_node *node_at(const struct profile_json *j, uint32_t place)
{
    return &j->profile->tree.nodes[j->shown.order.nodes[place]];
}

static uint64_t node_depth(const struct profile_json *j, uint32_t place)
{
    return j->shown.order.depths[j->shown.order.nodes[place]];
}

static uint64_t node_func(const struct profile_json *j, uint32_t place)
{
    return place ? node_at(j, place)->func + UINT64_C(1) : 0;
}

static uint64_t node_self(const struct profile_json *j, uint32_t place)
{
    return j->shown.self[place];
}

/* Collectors do not count the request itself, which was called once. */
static uint64_t node_calls(const struct profile_json *j, uint32_t place)
{
    return place ? node_at(j, place)->calls : 1;
}

/* All samples were taken in the request. */
static uint64_t node_samples(const struct profile_json *j, uint32_t place)
{
    return place ? node_at(j, place)->calls : j->profile->sampled.samples;
}

static uint64_t node_cpu(const struct profile_json *j, uint32_t place)
{
    return j->shown.waits ? j->shown.waits[place][WAITS_CPU] : 0;
}

/* Returns the time of item i by kind of wait. add_part writes three parallel columns
 * from it. */
typedef const uint64_t *parts(const struct profile_json *j, uint32_t i);

static const uint64_t *node_parts(const struct profile_json *j, uint32_t place)
{
    return j->shown.waits[place];
}

static const uint64_t *left_parts(const struct profile_json *j, uint32_t i)
{
    return j->shown.left[i].waits;
}

enum part { PART_OF, PART_KIND, PART_NS };

static void add_part(const struct profile_json *j, const char *key, uint32_t count,
                     parts *get, enum part part)
{
    json_key(j->out, key);
    buf_add_char(j->out, '[');
    for (uint32_t i = 0; i < count; i++)
        for (unsigned kind = WAITS_CPU + 1; kind < WAIT_KINDS; kind++)
            if (get(j, i)[kind])
                json_item(j->out, part == PART_OF     ? i
                                  : part == PART_KIND ? kind
                                                      : get(j, i)[kind]);
    buf_add_char(j->out, ']');
}

static void add_parts(const struct profile_json *j, const char *key, uint32_t count,
                      parts *get)
{
    open_object(j, key);
    add_part(j, "of", count, get, PART_OF);
    add_part(j, "kind", count, get, PART_KIND);
    add_part(j, "ns", count, get, PART_NS);
    close_object(j);
}

static uint64_t left_node(const struct profile_json *j, uint32_t i)
{
    return j->shown.left[i].place;
}

static uint64_t left_func(const struct profile_json *j, uint32_t i)
{
    uint32_t func = j->shown.left[i].func;
    return func == FUNCTAB_NONE ? 0 : func + UINT64_C(1);
}

static uint64_t left_ns(const struct profile_json *j, uint32_t i)
{
    return j->shown.left[i].ns;
}

static uint64_t left_cpu(const struct profile_json *j, uint32_t i)
{
    return j->shown.left[i].waits[WAITS_CPU];
}

static void add_left(const struct profile_json *j)
{
    uint32_t count = j->shown.left_count;
    if (!count)
        return;
    open_object(j, "left");
    add_column(j, "node", count, left_node);
    add_column(j, "func", count, left_func);
    add_column(j, "self", count, left_ns);
    if (j->shown.waits) {
        add_column(j, "cpu", count, left_cpu);
        add_parts(j, "wait", count, left_parts);
    }
    close_object(j);
}

/* Leaves out nodes that are not shown, as they have no place of their own. */
static void add_class_column(const struct profile_json *j, const char *key,
                             bool of_names)
{
    const struct classes *c = &j->profile->classes;
    json_key(j->out, key);
    buf_add_char(j->out, '[');
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t place = j->shown.order.places[c->labels[i].node];
        if (j->shown.order.nodes[place] == c->labels[i].node)
            json_item(j->out, of_names ? j->classes[i] : place);
    }
    buf_add_char(j->out, ']');
}

static void add_classes(const struct profile_json *j)
{
    if (!j->profile->classes.count)
        return;
    open_object(j, "class");
    add_class_column(j, "of", false);
    add_class_column(j, "name", true);
    close_object(j);
}

static void add_nodes(const struct profile_json *j)
{
    uint32_t count = j->shown.order.count;
    open_object(j, "node");
    add_column(j, "depth", count, node_depth);
    add_column(j, "func", count, node_func);
    add_column(j, "self", count, node_self);
    if (j->profile->mode == MODE_SAMPLING) {
        add_column(j, "samples", count, node_samples);
        add_column(j, "cpu", count, node_cpu);
        if (j->shown.waits)
            add_parts(j, "wait", count, node_parts);
    } else {
        add_column(j, "calls", count, node_calls);
    }
    add_classes(j);
    close_object(j);
}

/* ------------------------------------------------------------ exact figures */

static uint64_t in_ns(double seconds)
{
    return (uint64_t)(seconds * 1e9 + 0.5);
}

static uint64_t exact_func(const struct profile_json *j, uint32_t i)
{
    return j->stats->funcs[i].func + UINT64_C(1);
}

static uint64_t exact_calls(const struct profile_json *j, uint32_t i)
{
    return j->stats->funcs[i].calls;
}

static uint64_t exact_primitive(const struct profile_json *j, uint32_t i)
{
    return j->stats->funcs[i].primitive;
}

static uint64_t exact_self(const struct profile_json *j, uint32_t i)
{
    return in_ns(j->stats->funcs[i].self_s);
}

static uint64_t exact_cumulative(const struct profile_json *j, uint32_t i)
{
    return in_ns(j->stats->funcs[i].cumulative_s);
}

static void add_callers(const struct profile_json *j, const struct func_stats *f)
{
    json_next(j->out);
    buf_add_char(j->out, '[');
    for (uint32_t i = 0; i < f->caller_count; i++) {
        const struct caller_stats *c = &j->stats->callers[f->first_caller + i];
        json_next(j->out);
        buf_add_char(j->out, '[');
        json_item(j->out, c->caller + UINT64_C(1));
        json_item(j->out, c->calls);
        json_item(j->out, c->primitive);
        json_item(j->out, in_ns(c->self_s));
        json_item(j->out, in_ns(c->cumulative_s));
        buf_add_char(j->out, ']');
    }
    buf_add_char(j->out, ']');
}

static void add_exact(const struct profile_json *j)
{
    uint32_t count = stats_is_empty(j->stats) ? 0 : j->stats->func_count;
    open_object(j, "exact");
    add_column(j, "func", count, exact_func);
    add_column(j, "calls", count, exact_calls);
    add_column(j, "primitive", count, exact_primitive);
    add_column(j, "self", count, exact_self);
    add_column(j, "cumulative", count, exact_cumulative);
    json_key(j->out, "callers");
    buf_add_char(j->out, '[');
    for (uint32_t i = 0; i < count; i++)
        add_callers(j, &j->stats->funcs[i]);
    buf_add_char(j->out, ']');
    close_object(j);
}

/* ----------------------------------------------------------------- sampling */

static uint64_t moment_dt(const struct profile_json *j, uint32_t i)
{
    return j->shown.moments[i].dt_ns;
}

static uint64_t moment_node(const struct profile_json *j, uint32_t i)
{
    return j->shown.moments[i].node;
}

static uint64_t moment_wait(const struct profile_json *j, uint32_t i)
{
    return j->shown.moments[i].wait;
}

static uint64_t line_func(const struct profile_json *j, uint32_t i)
{
    return j->profile->sampled.lines[i].func + UINT64_C(1);
}

static uint64_t line_number(const struct profile_json *j, uint32_t i)
{
    int32_t line = j->profile->sampled.lines[i].line;
    return line > 0 ? (uint64_t)line : 0;
}

static uint64_t line_self(const struct profile_json *j, uint32_t i)
{
    return j->profile->sampled.lines[i].self_ns;
}

static uint64_t line_total(const struct profile_json *j, uint32_t i)
{
    return j->profile->sampled.lines[i].total_ns;
}

static uint64_t line_hits(const struct profile_json *j, uint32_t i)
{
    return j->profile->sampled.lines[i].hits;
}

static bool make_texts(struct profile_json *j)
{
    const struct profile *p = j->profile;
    if (!j->choice->source || p->mode != MODE_SAMPLING)
        return true;
    j->texts = calloc(p->sampled.line_count + UINT64_C(1), sizeof *j->texts);
    struct sources sources = {.profile = p, .strings = &j->strings, .texts = j->texts};
    if (!j->texts || !source_add(&sources))
        return false;
    if (sources.undecoded)
        j->notices |= 1u << NOTICE_SOURCE_ENCODING;
    return true;
}

static uint64_t line_text(const struct profile_json *j, uint32_t i)
{
    return j->texts[i];
}

static void add_sampled(const struct profile_json *j)
{
    const struct sampled *s = &j->profile->sampled;
    open_object(j, "tl");
    add_column(j, "dt", j->shown.moment_count, moment_dt);
    add_column(j, "node", j->shown.moment_count, moment_node);
    add_column(j, "wait", j->shown.moment_count, moment_wait);
    close_object(j);
    open_object(j, "lines");
    add_column(j, "func", s->line_count, line_func);
    add_column(j, "line", s->line_count, line_number);
    add_column(j, "self", s->line_count, line_self);
    add_column(j, "total", s->line_count, line_total);
    add_column(j, "hits", s->line_count, line_hits);
    if (j->texts)
        add_column(j, "text", s->line_count, line_text);
    close_object(j);
}

static void add_all(const struct profile_json *j)
{
    buf_add_char(j->out, '{');
    json_number(j->out, "v", 1);
    const struct report report = {j->profile, j->stats, j->choice};
    meta_add(&report, &j->shown, j->notices, j->out);
    add_funcs(j);
    add_nodes(j);
    add_left(j);
    if (j->profile->tree.truncated || j->shown.order.count < j->profile->tree.count)
        add_exact(j);
    if (j->profile->mode == MODE_SAMPLING)
        add_sampled(j);
    buf_add_text(j->out, "}\n");
}

bool profile_json_add(const struct report *r, const struct shown_limits *limits,
                      struct buf *out)
{
    struct profile_json j = {
        .profile = r->profile, .stats = r->stats, .choice = r->choice, .out = out};
    bool ok = shown_make(&j.shown, j.profile, limits) && make_funcs(&j) &&
              make_classes(&j) && make_texts(&j);
    if (ok)
        add_all(&j);
    shown_free(&j.shown);
    strings_free(&j.strings);
    free(j.funcs);
    free(j.classes);
    free(j.texts);
    return ok && !out->failed;
}

bool json_write(const struct report *r, struct buf *out)
{
    return profile_json_add(r, &shown_all, out);
}
