#include "made.h"

#include "fuzz.h"

#include "profile/recorder.h"
#include "base/utf8.h"

#include <stdlib.h>

#define FUNCS_MAX 64
#define NODES_MAX 40u

static bool is_surrogate(struct str s)
{
    return s.len >= 3 && (unsigned char)s.data[0] == 0xed &&
           (unsigned char)s.data[1] >= 0xa0 && (unsigned char)s.data[1] <= 0xbf &&
           ((unsigned char)s.data[2] & 0xc0) == 0x80;
}

static struct str clean(struct str text, struct buf *storage)
{
    storage->len = 0;
    buf_reserve(storage, 1);
    while (text.len) {
        uint32_t code;
        size_t len = is_surrogate(text) ? 3 : utf8_char(text, &code);
        buf_add_str(storage, len ? (struct str){text.data, len} : STR("?"));
        text.data += len ? len : 1;
        text.len -= len ? len : 1;
    }
    return buf_str(storage);
}

struct function {
    struct str file, name;
    int32_t line;
    struct buf storage[2];
};

static int32_t number(struct str text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.len && i < 10; i++)
        value = value * 10 + ((unsigned char)text.data[i] - (unsigned)'0');
    return (int32_t)value;
}

static size_t read_functions(struct function *functions, struct str *rest)
{
    size_t count = 0;
    while (count < FUNCS_MAX && rest->len) {
        struct str text = fuzz_line(rest), field;
        if (text.len == 0)
            break;
        struct function *f = &functions[count++];
        str_split(&text, '\t', &field);
        f->file = clean(field, &f->storage[0]);
        f->line = str_split(&text, '\t', &field) ? number(field) : 0;
        f->name = clean(text.data ? text : STR(""), &f->storage[1]);
    }
    return count;
}

static void call(struct recorder *r, const struct function *f, uint64_t now)
{
    if (recorder_enter(r, f, now))
        return;
    uint32_t func = recorder_known(r, f);
    if (func == FUNCTAB_NONE)
        func = recorder_learn(r, f, f->file, f->line, f->name);
    CHECK(func != FUNCTAB_NONE);
    recorder_enter_func(r, f, func, now);
}

static uint64_t play(struct recorder *r, const struct function *functions, size_t count,
                     struct str events)
{
    uint64_t now = 1;
    for (size_t i = 0; i < events.len; i++) {
        unsigned event = (unsigned char)events.data[i];
        if (event >= 128)
            now += UINT64_C(1) << (event & 63) % 44;
        else if (event >= 80)
            r->tree.nodes[r->current].calls += UINT64_C(1) << (event - 80);
        else if (event >= 64)
            recorder_leave(r, now);
        else if (count)
            call(r, &functions[event % count], now);
    }
    return now;
}

/* Each event is a moment in some node, and a wait. Each function gets a line, and a
 * peer with its name. */
static void take_samples(struct profile *p, struct str events)
{
    struct sampled *s = &p->sampled;
    p->mode = MODE_SAMPLING;
    p->interval_ns = 1000000;
    overflow_free(&p->overflow);
    for (uint32_t i = 0; i < p->tree.count; i++)
        p->tree.nodes[i].calls = p->tree.nodes[i].self = 0;
    s->node_wait_ns = calloc(p->tree.count, sizeof *s->node_wait_ns);
    s->timeline = calloc(events.len + 1, sizeof *s->timeline);
    s->lines = calloc(p->functab.count + 1, sizeof *s->lines);
    s->peers = calloc(p->functab.count + 1, sizeof *s->peers);
    CHECK(s->node_wait_ns && s->timeline && s->lines && s->peers);
    for (size_t i = 0; i < events.len; i++) {
        unsigned event = (unsigned char)events.data[i];
        struct moment m = {UINT64_C(1) << event % 36, event % p->tree.count,
                           event / 16 % WAIT_KINDS};
        s->timeline[s->timeline_count++] = m;
        p->tree.nodes[m.node].self += m.dt_ns;
        s->node_wait_ns[m.node][m.wait] += m.dt_ns;
        for (uint32_t node = m.node; node; node = p->tree.nodes[node].parent)
            p->tree.nodes[node].calls++;
        p->tree.nodes[CALLTREE_ROOT].calls++;
        p->wall_ns += m.dt_ns;
    }
    s->samples = events.len;
    for (uint32_t i = 0; i < p->functab.count; i++) {
        struct str name = functab_name(&p->functab, i);
        uint64_t number = fuzz_hash(name);
        struct peer *peer = &s->peers[s->peer_count++];
        size_t len = name.len < PEER_NAME_SIZE ? name.len : PEER_NAME_SIZE - 1;
        memcpy(peer->name, name.data, len);
        peer->wait = (uint32_t)(number % WAIT_KINDS);
        peer->ns = number >> 30;
        s->lines[s->line_count++] =
            (struct line_time){.func = i,
                               .line = (int32_t)number,
                               .self_ns = number >> 34,
                               .total_ns = (number >> 34) + (number & 0xffff),
                               .hits = number & 0xffff};
    }
}

/* Returns true for a sampled request. */
static bool set_request(struct profile *p, struct str line)
{
    struct str method;
    bool sampled = str_starts(line, STR("~"));
    strcpy(p->id, "00c0ffee00c0ffee");
    if (!str_split(&line, ' ', &method))
        method = STR("");
    CHECK(profile_set(&p->method, method));
    CHECK(profile_set(&p->path, line.data ? line : STR("")));
    CHECK(profile_set(&p->query, line.data ? line : STR("")));
    CHECK(profile_set(&p->exception, method));
    CHECK(profile_set(&p->python, STR("3.11.2")));
    CHECK(profile_set(&p->server, STR("2.0.21")));
    p->started_us = 1700000000123456;
    p->status = 200;
    return sampled;
}

void made_from(struct made *m, struct str *rest)
{
    struct function functions[FUNCS_MAX] = {0};
    *m = (struct made){.profile = calloc(1, sizeof *m->profile)};
    struct profile *p = m->profile;
    CHECK(p);
    m->choice = (struct report_choice){.limit = -1, .restrictions = &m->restrictions};
    bool sampled = set_request(p, fuzz_line(rest));
    size_t count = read_functions(functions, rest);
    struct recorder recorder;
    CHECK(recorder_init(&recorder, NODES_MAX, 0));
    p->wall_ns = play(&recorder, functions, count, *rest);
    recorder_finish(&recorder, p, 1, p->wall_ns);
    if (sampled)
        take_samples(p, *rest);
    for (size_t i = 0; i < count; i++) {
        buf_free(&functions[i].storage[0]);
        buf_free(&functions[i].storage[1]);
    }
    CHECK(stats_compute(&m->stats, p));
}

void made_sort(struct made *m, struct str restrictions, struct str sort)
{
    struct buf error = {0};
    if (!restrictions_parse(&m->restrictions, restrictions, &error))
        fuzz_check_message(buf_str(&error));
    buf_free(&error);
    if (!sort_keys_parse(&m->choice.sort, sort, ',', &error))
        fuzz_check_message(buf_str(&error));
    buf_free(&error);
}

void made_free(struct made *m)
{
    restrictions_free(&m->restrictions);
    stats_free(&m->stats);
    profile_destroy(m->profile);
}
