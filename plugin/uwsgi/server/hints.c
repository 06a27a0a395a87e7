#include "hints.h"

#include "system/clock.h"

/* Returns the number of occurrences if a line is due now, else 0. */
static unsigned pass(struct rate_log *line)
{
    return rate_log_pass(line, clock_ns(CLOCK_MONOTONIC));
}

static void print(struct buf *line, unsigned count)
{
    if (count > 1)
        profiler_log("%s (%u since the last such line)", buf_cstr(line), count);
    else
        profiler_log("%s", buf_cstr(line));
    buf_free(line);
}

/* Adds an address unchanged, anything else in quotes. True for an address. */
static bool add_sender(struct buf *line, struct str sender)
{
    struct net_address address;
    bool known = net_address_parse(&address, sender);
    if (known)
        buf_add_str(line, sender);
    else
        buf_add_quoted(line, sender);
    return known;
}

void hint_denied(const char *what, const struct denial *d)
{
    struct buf line = {0};
    const char *separator = "; ";
    unsigned count = pass(shared_reason(d->why));
    if (!count)
        return;
    buf_add_text(&line, what);
    bool known = add_sender(&line, d->address);
    buf_printf(&line, " ignored: %s", d->why);
    if (d->header.data) {
        buf_add_text(&line, ": ");
        buf_add_quoted(&line, d->header);
    }
    if (known && d->addable) {
        buf_add_text(&line, "; add profiler-allow = ");
        buf_add_str(&line, d->address);
        separator = " or ";
    }
    if (*d->advice)
        buf_printf(&line, "%s%s", separator, d->advice);
    print(&line, count);
}

void hint_almost(struct str parameter, struct str path, const char *meant)
{
    struct buf line = {0};
    unsigned count = pass(shared_hint(HINT_ALMOST));
    if (!count)
        return;
    buf_add_text(&line, "a query parameter was left to the app, ");
    buf_add_quoted(&line, parameter);
    buf_add_text(&line, " of ");
    buf_add_quoted(&line, path);
    buf_printf(&line, ", though it is almost a flag: %s", meant);
    print(&line, count);
}

void hint_limited(enum hint limit)
{
    const struct config *c = &profiler.config;
    struct buf line = {0};
    unsigned count = pass(shared_hint(limit));
    if (!count)
        return;
    if (limit == HINT_MAX_ACTIVE)
        buf_printf(&line,
                   "a request was not profiled: worker %d is profiling %u others "
                   "(profiler-max-active = %u); "
                   "wait, or raise it",
                   uwsgi.mywid, c->max_active, c->max_active);
    else
        buf_printf(&line,
                   "a request was not profiled: %u were in this minute "
                   "(profiler-max-per-minute = %u); wait, or "
                   "raise it, or set 0 for no limit",
                   c->max_per_minute, c->max_per_minute);
    print(&line, count);
}
