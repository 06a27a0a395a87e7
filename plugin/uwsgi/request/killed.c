#include "killed.h"

#include "system/clock.h"
#include "report/common/decimal.h"
#include "report/common/safetext.h"
#include "describe.h"
#include "uwsgi/deliver/sink.h"

/* Logs that the samples of a profile could not be taken. */
static void log_lost(const struct profile *p, uint64_t started_ns, enum notice_code why)
{
    uint64_t tenths = (clock_ns(CLOCK_MONOTONIC) - started_ns) / 100000000;
    const char *killer = why == NOTICE_MERCY ? "worker-reload-mercy" : "harakiri";
    const char *hint = p->mode == MODE_SAMPLING
                           ? "its samples could not be read in time"
                           : "use sampling to see where it hung";
    struct buf request = {0}, seconds = {0};
    decimal_add_point(&seconds, tenths, 1, 0);
    safetext_add_method(&request, p->method);
    buf_add_char(&request, ' ');
    safetext_add(&request, p->path);
    profiler_log("profile %s of %s (%s) was killed by %s after %s s; %s", p->id,
                 buf_cstr(&request), mode_name(p->mode), killer, buf_cstr(&seconds),
                 hint);
    buf_free(&seconds);
    buf_free(&request);
}

/* False when the slot runs nothing, or when its samples cannot be taken, which is
 * logged. */
static bool take(struct request_slot *slot, enum notice_code why, struct delivery *d)
{
    uint32_t claim = CLAIM_OPEN;
    if (!__atomic_compare_exchange_n(&slot->claim, &claim, CLAIM_TAKING, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return false;
    describe_request(slot);
    struct profile *p = profile_copy_request(slot->profile);
    uint64_t started_ns = slot->started_ns;
    bool taken = p && collector_take(slot->collector, p);
    bool is_loss = p && !taken && !slot->logged;
    slot->logged |= is_loss;
    if (taken)
        *d = describe_delivery(slot, p);
    __atomic_store_n(&slot->claim, taken ? CLAIM_TAKEN : CLAIM_OPEN, __ATOMIC_RELEASE);
    if (taken)
        return true;
    if (is_loss)
        log_lost(p, started_ns, why);
    profile_destroy(p);
    return false;
}

static void report(struct delivery *d, enum notice_code why)
{
    d->profile->notices |= 1u << why;
    delivery_unanswered(d);
    sink_count(d->profile);
    sink_write_now(d);
}

static int by_length(const void *a, const void *b)
{
    const struct delivery *d = a, *e = b;
    uint64_t x = d->profile->wall_ns, y = e->profile->wall_ns;
    return (x < y) - (x > y);
}

void killed_report_all(enum notice_code why)
{
    size_t taken = 0;
    struct delivery *deliveries = calloc((size_t)uwsgi.cores, sizeof *deliveries);
    for (int core = 0; deliveries && core < uwsgi.cores; core++)
        taken += take(&profiler.slots[core], why, &deliveries[taken]);
    if (taken)
        qsort(deliveries, taken, sizeof *deliveries, by_length);
    for (size_t i = 0; i < taken; i++)
        report(&deliveries[i], why);
    free(deliveries);
}
