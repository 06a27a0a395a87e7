/* A gzipped profile.proto, for `go tool pprof` and all tools that read its files.
 *
 * Each node of the call tree that has figures of its own is a sample, with the stack
 * from the node to the request. Its values are
 *
 *     samples/count  calls/count  wall/nanoseconds  cpu/nanoseconds
 *
 * Calls are 0 when sampling. Samples and CPU time are 0 in deterministic mode, whose
 * period is that of its clock, 1 ns. Profiles of both modes and of all workers can be
 * merged: they have the same value types, the same period type, and one mapping, the
 * interpreter. In a merged file, the label profile_id says which profile a sample is
 * from.
 *
 * If all stacks would make the file too large, they are cut, and a function "[deeper
 * frames]" gets the figures below (pprof_samples.h).
 *
 * Each function has a location with its first line, because stacks do not say which
 * line made a call. When sampling, a function that spent all its self time in one line
 * has a second location with that line, for the samples in the function.
 *
 * name is the qualified name. system_name is the name in the .prof if it differs: if
 * both are equal, go's pprof reads them as C++ and turns "<module>" into "". Builtins
 * have no file and no lines. The comments contain the profile's id, the request and the
 * notices. In texts, invalid UTF-8 and control characters become U+FFFD. */

#include "pprof.h"

#include "report/common/label.h"
#include "pprof/profile.pb-c.h"
#include "pprof_samples.h"
#include "pprof_stream.h"
#include "report/common/safetext.h"

#include <stdlib.h>

/* Numbers of texts in the string table. The notices follow, then three texts per
 * function. */
enum {
    TEXT_EMPTY,
    TEXT_COUNT,
    TEXT_NANOSECONDS,
    TEXT_SAMPLES,
    TEXT_CALLS,
    TEXT_WALL,
    TEXT_CPU,
    TEXT_PYTHON,
    TEXT_PROFILE_ID,
    TEXT_DEEPER,
    TEXT_REQUEST,
    TEXT_ID,
    TEXT_ID_COMMENT,
    TEXT_NOTICES,
};
#define TEXTS_OF_FUNC 3

/* Ids of functions and of locations. */
enum { ID_REQUEST = 1, ID_DEEPER, ID_FUNCS };

#define ID_MAPPING 1

struct pprof {
    const struct profile *profile;
    struct pprof_samples samples;
    struct pprof_stream stream;
    int64_t notices[NOTICE_COUNT]; /* codes of the notices in the string table */
    int64_t notice_count;
    uint64_t *stack; /* the locations of a sample; room for the deepest stack */
    struct buf text; /* working memory for one text */
};

static void add_part(struct pprof *w, const Perftools__Profiles__Profile *part)
{
    pprof_stream_add(&w->stream, &part->base);
}

/* -------------------------------------------------------------------- texts */

static void add_text(struct pprof *w, struct str text)
{
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    w->text.len = 0;
    safetext_add_plain(&w->text, text);
    buf_add_char(&w->text, '\0');
    if (w->text.failed)
        return;
    part.n_string_table = 1;
    part.string_table = &w->text.data;
    add_part(w, &part);
}

static void add_request_text(struct pprof *w)
{
    struct buf label = {0};
    label_request(w->profile, &label);
    add_text(w, buf_str(&label));
    w->text.failed |= label.failed;
    buf_free(&label);
}

static void add_marked_text(struct pprof *w, const char *mark, const char *name,
                            const char *text)
{
    struct buf line = {0};
    buf_printf(&line, "%s %s%s%s", mark, name, *text ? ": " : "", text);
    add_text(w, buf_str(&line));
    w->text.failed |= line.failed;
    buf_free(&line);
}

/* In the order of their numbers. */
static void add_texts(struct pprof *w)
{
    const struct functab *t = &w->profile->functab;
    add_text(w, STR(""));
    add_text(w, STR("count"));
    add_text(w, STR("nanoseconds"));
    add_text(w, STR("samples"));
    add_text(w, STR("calls"));
    add_text(w, STR("wall"));
    add_text(w, STR("cpu"));
    add_text(w, STR("python"));
    add_text(w, STR("profile_id"));
    add_text(w, STR("[deeper frames]"));
    add_request_text(w);
    add_text(w, str_from(w->profile->id));
    add_marked_text(w, "PROFILE", w->profile->id, "");
    for (int64_t i = 0; i < w->notice_count; i++)
        add_marked_text(w, "NOTICE", notice_name((enum notice_code)w->notices[i]),
                        notice_text((enum notice_code)w->notices[i]));
    for (uint32_t i = 0; i < t->count; i++) {
        struct str system_name = functab_name(t, i);
        struct buf name = {0};
        label_name(t, i, &name);
        bool plain = functab_is_builtin(t, i) || str_equal(buf_str(&name), system_name);
        add_text(w, buf_str(&name));
        add_text(w, plain ? STR("") : system_name);
        add_text(w, functab_is_builtin(t, i) ? STR("") : functab_file(t, i));
        w->text.failed |= name.failed;
        buf_free(&name);
    }
}

/* ---------------------------------------------------------------- functions */

static void add_location(struct pprof *w, uint64_t id, uint64_t func_id, int64_t number)
{
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    Perftools__Profiles__Location location = PERFTOOLS__PROFILES__LOCATION__INIT;
    Perftools__Profiles__Line line = PERFTOOLS__PROFILES__LINE__INIT;
    Perftools__Profiles__Location *locations = &location;
    Perftools__Profiles__Line *lines = &line;
    line.function_id = func_id;
    line.line = number;
    location.id = id;
    location.mapping_id = ID_MAPPING;
    location.n_line = 1;
    location.line = &lines;
    part.n_location = 1;
    part.location = &locations;
    add_part(w, &part);
}

static void add_function(struct pprof *w, Perftools__Profiles__Function function)
{
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    Perftools__Profiles__Function *functions = &function;
    part.n_function = 1;
    part.function = &functions;
    add_part(w, &part);
}

static void add_artificial(struct pprof *w, uint64_t id, int64_t name)
{
    Perftools__Profiles__Function f = PERFTOOLS__PROFILES__FUNCTION__INIT;
    f.id = id;
    f.name = name;
    add_function(w, f);
    add_location(w, id, id, 0);
}

static uint64_t location_of_func(uint32_t func)
{
    return ID_FUNCS + UINT64_C(2) * func;
}

static uint64_t location_of_leaf(const struct pprof *w, uint32_t func)
{
    return location_of_func(func) + (w->samples.leaf_lines[func] > 0);
}

static void add_func(struct pprof *w, uint32_t func)
{
    Perftools__Profiles__Function f = PERFTOOLS__PROFILES__FUNCTION__INIT;
    int32_t line = w->profile->functab.funcs[func].line;
    int32_t leaf_line = w->samples.leaf_lines[func];
    f.id = ID_FUNCS + UINT64_C(1) * func;
    f.name = TEXT_NOTICES + w->notice_count + INT64_C(1) * TEXTS_OF_FUNC * func;
    f.system_name = f.name + 1;
    f.filename = f.name + 2;
    f.start_line = line > 0 ? line : 0;
    add_function(w, f);
    add_location(w, location_of_func(func), f.id, f.start_line);
    if (leaf_line > 0)
        add_location(w, location_of_leaf(w, func), f.id, leaf_line);
}

static void add_functions(struct pprof *w)
{
    add_artificial(w, ID_REQUEST, TEXT_REQUEST);
    if (w->samples.is_cut)
        add_artificial(w, ID_DEEPER, TEXT_DEEPER);
    for (uint32_t i = 0; i < w->profile->functab.count; i++)
        add_func(w, i);
}

/* ------------------------------------------------------------------ samples */

static void add_sample(struct pprof *w, size_t depth, struct pprof_values *values)
{
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    Perftools__Profiles__Sample sample = PERFTOOLS__PROFILES__SAMPLE__INIT;
    Perftools__Profiles__Label label = PERFTOOLS__PROFILES__LABEL__INIT;
    Perftools__Profiles__Sample *samples = &sample;
    Perftools__Profiles__Label *labels = &label;
    label.key = TEXT_PROFILE_ID;
    label.str = TEXT_ID;
    sample.n_location_id = depth;
    sample.location_id = w->stack;
    sample.n_value = PPROF_VALUES;
    sample.value = values->of;
    sample.n_label = 1;
    sample.label = &labels;
    part.n_sample = 1;
    part.sample = &samples;
    add_part(w, &part);
}

/* Appends the callers of node, the nearest first, up to the request. Returns the new
 * depth. */
static size_t add_callers(struct pprof *w, size_t depth, uint32_t node)
{
    const struct calltree_node *nodes = w->profile->tree.nodes;
    while (node != CALLTREE_ROOT) {
        node = nodes[node].parent;
        w->stack[depth++] = node == CALLTREE_ROOT ? (uint64_t)ID_REQUEST
                                                  : location_of_func(nodes[node].func);
    }
    return depth;
}

static void add_node(struct pprof *w, uint32_t node)
{
    struct pprof_values *own = &w->samples.own[node];
    struct pprof_values *deeper = &w->samples.deeper[node];
    uint32_t func = w->profile->tree.nodes[node].func;
    bool root = node == CALLTREE_ROOT;
    if (!pprof_values_are_zero(own)) {
        w->stack[0] = root ? (uint64_t)ID_REQUEST : location_of_leaf(w, func);
        add_sample(w, add_callers(w, 1, node), own);
    }
    if (!pprof_values_are_zero(deeper)) {
        w->stack[0] = ID_DEEPER;
        w->stack[1] = root ? (uint64_t)ID_REQUEST : location_of_func(func);
        add_sample(w, add_callers(w, 2, node), deeper);
    }
}

static void add_samples(struct pprof *w)
{
    for (uint32_t i = 0; i < w->samples.order.count; i++)
        add_node(w, w->samples.order.nodes[i]);
}

/* -------------------------------------------------------------------- facts */

static Perftools__Profiles__ValueType value_type(int64_t type, int64_t unit)
{
    Perftools__Profiles__ValueType v = PERFTOOLS__PROFILES__VALUE_TYPE__INIT;
    v.type = type;
    v.unit = unit;
    return v;
}

/* Says that the file contains all symbols, so that tools do not look for a binary. */
static void add_mapping(struct pprof *w)
{
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    Perftools__Profiles__Mapping mapping = PERFTOOLS__PROFILES__MAPPING__INIT;
    Perftools__Profiles__Mapping *mappings = &mapping;
    mapping.id = ID_MAPPING;
    mapping.filename = TEXT_PYTHON;
    mapping.has_functions = mapping.has_filenames = true;
    mapping.has_line_numbers = mapping.has_inline_frames = true;
    part.n_mapping = 1;
    part.mapping = &mappings;
    add_part(w, &part);
}

static void add_facts(struct pprof *w)
{
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    Perftools__Profiles__ValueType types[PPROF_VALUES] = {
        [PPROF_SAMPLES] = value_type(TEXT_SAMPLES, TEXT_COUNT),
        [PPROF_CALLS] = value_type(TEXT_CALLS, TEXT_COUNT),
        [PPROF_WALL_NS] = value_type(TEXT_WALL, TEXT_NANOSECONDS),
        [PPROF_CPU_NS] = value_type(TEXT_CPU, TEXT_NANOSECONDS),
    };
    Perftools__Profiles__ValueType *pointers[] = {&types[0], &types[1], &types[2],
                                                  &types[3]};
    bool sampling = w->profile->mode == MODE_SAMPLING;
    int64_t comments[NOTICE_COUNT + 2] = {TEXT_ID_COMMENT, TEXT_REQUEST};
    for (int64_t i = 0; i < w->notice_count; i++)
        comments[i + 2] = TEXT_NOTICES + i;
    part.n_sample_type = PPROF_VALUES;
    part.sample_type = pointers;
    part.default_sample_type = TEXT_WALL;
    part.time_nanos = w->profile->started_us * 1000;
    part.duration_nanos = (int64_t)w->profile->wall_ns;
    part.period_type = &types[PPROF_WALL_NS];
    part.period = sampling ? (int64_t)w->profile->interval_ns : 1;
    part.n_comment = (size_t)w->notice_count + 2;
    part.comment = comments;
    add_part(w, &part);
}

static void find_notices(struct pprof *w)
{
    for (unsigned i = 0; i < NOTICE_COUNT; i++)
        if (w->profile->notices & 1u << i)
            w->notices[w->notice_count++] = i;
}

bool pprof_write(const struct report *r, struct buf *out)
{
    const struct profile *p = r->profile;
    struct pprof w = {.profile = p};
    bool ok = pprof_samples_make(&w.samples, p);
    if (ok) /* the deepest node, the frames above it, "[deeper frames]" */
        w.stack = calloc(w.samples.max_depth + (size_t)2, sizeof *w.stack);
    ok = ok && w.stack && pprof_stream_open(&w.stream, out);
    if (ok) {
        find_notices(&w);
        add_facts(&w);
        add_mapping(&w);
        add_samples(&w);
        add_functions(&w);
        add_texts(&w);
        pprof_stream_close(&w.stream);
        ok = !w.text.failed && !out->failed;
    }
    pprof_samples_free(&w.samples);
    buf_free(&w.text);
    free(w.stack);
    return ok;
}
