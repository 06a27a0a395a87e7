#include "waits.h"

#include "report/common/safetext.h"

#define PEERS_NAMED 3

struct shares {
    const struct profile *profile;
    uint64_t ns[WAIT_KINDS], total;
    bool with_peers;
};

const char *waits_label(const struct profile *p, enum wait_kind kind)
{
    switch (kind) {
    case WAITS_CPU:
        return "CPU";
    case WAITS_CPU_WAIT:
        return "CPU wait";
    case WAITS_GIL:
        return "GIL";
    case WAITS_OTHER:
        return p->notices & NOTICES_WAITS_UNKNOWN ? "not on CPU" : "other waits";
    default:
        return wait_name(kind);
    }
}

static unsigned percent(const struct shares *s, uint64_t ns)
{
    return (unsigned)((ns * 100 + s->total / 2) / s->total);
}

static bool is_small(const struct shares *s, uint64_t ns)
{
    return ns * 100 < s->total;
}

/* The peer with the longest wait among those after previous, in that order. */
static const struct peer *next_peer(const struct sampled *s, enum wait_kind kind,
                                    const struct peer *previous)
{
    const struct peer *best = NULL;
    for (uint32_t i = 0; i < s->peer_count; i++) {
        const struct peer *p = &s->peers[i];
        bool after = !previous || p->ns < previous->ns ||
                     (p->ns == previous->ns && p > previous);
        if (p->wait == (uint32_t)kind && after && (!best || p->ns > best->ns))
            best = p;
    }
    return best;
}

/* Appends "(10.0.0.5:5432 61 %, 10.0.0.7:6379 20 %, ...)". A peer that had all of the
 * time has no percentage. */
static void add_peers(const struct shares *s, enum wait_kind kind, struct buf *out)
{
    const struct sampled *sampled = &s->profile->sampled;
    const struct peer *p = next_peer(sampled, kind, NULL);
    if (!p)
        return;
    buf_add_text(out, " (");
    for (unsigned i = 0; p; i++) {
        buf_add_text(out, i ? ", " : "");
        if (i == PEERS_NAMED || (i && is_small(s, p->ns))) {
            buf_add_text(out, "...");
            break;
        }
        safetext_add(out, (struct str){p->name, strnlen(p->name, sizeof p->name)});
        if (percent(s, p->ns) < percent(s, s->ns[kind]))
            buf_printf(out, " %u %%", percent(s, p->ns));
        p = next_peer(sampled, kind, p);
    }
    buf_add_char(out, ')');
}

static void add_kind(const struct shares *s, enum wait_kind kind, bool first,
                     struct buf *out)
{
    buf_printf(out, "%s%u %% %s", first ? "" : ", ", percent(s, s->ns[kind]),
               waits_label(s->profile, kind));
    if (s->with_peers)
        add_peers(s, kind, out);
}

static enum wait_kind largest(const struct shares *s, unsigned done)
{
    unsigned best = WAIT_KINDS;
    for (unsigned kind = 0; kind < WAIT_KINDS; kind++)
        if (!(done & 1u << kind) && (best == WAIT_KINDS || s->ns[kind] > s->ns[best]))
            best = kind;
    return (enum wait_kind)best;
}

void waits_add(const struct profile *p, bool with_peers, struct buf *out)
{
    struct shares s = {.profile = p, .with_peers = with_peers};
    for (unsigned kind = 0; kind < WAIT_KINDS; kind++) {
        s.ns[kind] = profile_wait_ns(p, (enum wait_kind)kind);
        s.total += s.ns[kind];
    }
    if (!s.total)
        return;
    bool first = true;
    unsigned done = 1u << WAITS_CPU;
    if (!is_small(&s, s.ns[WAITS_CPU])) {
        add_kind(&s, WAITS_CPU, true, out);
        first = false;
    }
    while (done != (1u << WAIT_KINDS) - 1) {
        enum wait_kind kind = largest(&s, done);
        if (is_small(&s, s.ns[kind]))
            break;
        add_kind(&s, kind, first, out);
        first = false;
        done |= 1u << kind;
    }
}
