/* Python's marshal format, with the type codes that every Python since 3.0 reads: no
 * references, no interned strings. Source: CPython's Python/marshal.c. */

#include "prof.h"

#include "profile/profile.h"
#include "profile/stats.h"

struct marshal {
    struct buf *out;
    bool impossible; /* a text is longer than the format allows */
};

/* Writes a type code and a little-endian number. */
static void put(struct marshal *m, char code, uint64_t value, size_t bytes)
{
    char text[9] = {code};
    for (size_t i = 0; i < 8; i++) /* all 8: compilers make it one store */
        text[i + 1] = (char)(value >> (8 * i) & 0xff);
    buf_add(m->out, text, bytes + 1);
}

static void put_text(struct marshal *m, struct str text)
{
    if (text.len > INT32_MAX) {
        m->impossible = true;
        return;
    }
    put(m, 'u', text.len, 4);
    buf_add_str(m->out, text);
}

/* Above 31 bits: the number of 15-bit digits, then the digits, the lowest first. */
static void put_count(struct marshal *m, uint64_t value)
{
    if (value <= INT32_MAX) {
        put(m, 'i', value, 4);
        return;
    }
    uint32_t digits = 0;
    for (uint64_t rest = value; rest; rest >>= 15)
        digits++;
    put(m, 'l', digits, 4);
    for (uint64_t rest = value; rest; rest >>= 15) {
        buf_add_char(m->out, (char)(rest & 0xff));
        buf_add_char(m->out, (char)(rest >> 8 & 0x7f));
    }
}

static void put_double(struct marshal *m, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(m, 'g', bits, 8);
}

static void put_func(struct marshal *m, const struct functab *t, uint32_t id)
{
    put(m, '(', 3, 4);
    put_text(m, functab_file(t, id));
    put(m, 'i', (uint32_t)t->funcs[id].line, 4);
    put_text(m, functab_name(t, id));
}

/* (nc, cc, tt, ct): the counts have the opposite order of those in a function's own
 * entry. */
static void put_caller(struct marshal *m, const struct functab *t,
                       const struct caller_stats *c)
{
    put_func(m, t, c->caller);
    put(m, '(', 4, 4);
    put_count(m, c->calls);
    put_count(m, c->primitive);
    put_double(m, c->self_s);
    put_double(m, c->cumulative_s);
}

static void put_entry(struct marshal *m, const struct functab *t, const struct stats *s,
                      const struct func_stats *f)
{
    put_func(m, t, f->func);
    put(m, '(', 5, 4);
    put_count(m, f->primitive);
    put_count(m, f->calls);
    put_double(m, f->self_s);
    put_double(m, f->cumulative_s);
    buf_add_char(m->out, '{');
    for (uint32_t i = 0; i < f->caller_count; i++)
        put_caller(m, t, &s->callers[f->first_caller + i]);
    buf_add_char(m->out, '0');
}

bool prof_write(const struct report *r, struct buf *out)
{
    const struct profile *p = r->profile;
    const struct stats *s = r->stats;
    struct marshal m = {.out = out};
    buf_add_char(out, '{');
    for (uint32_t i = 0; i < s->func_count; i++)
        put_entry(&m, stats_functab(s, p), s, &s->funcs[i]);
    buf_add_char(out, '0');
    buf_printf(out, "\nprofile %s\n", p->id);
    return !m.impossible && !out->failed;
}
