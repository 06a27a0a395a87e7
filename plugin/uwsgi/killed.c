#include "killed.h"

#include "../core/clock.h"
#include "../report/decimal.h"
#include "../report/safetext.h"
#include "request.h"
#include "sink.h"

/* Its samples cannot be had. */
static void tell_lost(const struct profile *p, uint64_t started_ns,
                      enum notice_code why)
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

/* NULL when the slot runs nothing, or nothing can be had of it, which a line tells. */
static struct profile *take(struct request_slot *slot, enum notice_code why)
{
    uint32_t claim = CLAIM_OPEN;
    if (!__atomic_compare_exchange_n(&slot->claim, &claim, CLAIM_TAKING, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return NULL;
    request_describe(slot);
    struct profile *p = profile_copy_request(slot->profile);
    uint64_t started_ns = slot->started_ns;
    bool taken = p && collector_take(slot->collector, p);
    bool tell = p && !taken && !slot->told;
    slot->told |= tell;
    __atomic_store_n(&slot->claim, taken ? CLAIM_TAKEN : CLAIM_OPEN, __ATOMIC_RELEASE);
    if (taken)
        return p;
    if (tell)
        tell_lost(p, started_ns, why);
    profile_destroy(p);
    return NULL;
}

static void report(struct profile *p, enum notice_code why)
{
    p->notices |= 1u << why;
    request_report_unanswered(p);
    request_note_origins(p);
    request_count(p);
    sink_write_now(p);
}

static int by_length(const void *a, const void *b)
{
    const struct profile *const *p = a, *const *q = b;
    return (*p)->wall_ns < (*q)->wall_ns ? 1 : -((*p)->wall_ns > (*q)->wall_ns);
}

void killed_report_all(enum notice_code why)
{
    size_t taken = 0;
    struct profile **profiles = calloc((size_t)uwsgi.cores, sizeof *profiles);
    for (int core = 0; profiles && core < uwsgi.cores; core++)
        if ((profiles[taken] = take(&profiler.slots[core], why)))
            taken++;
    if (taken)
        qsort(profiles, taken, sizeof(struct profile *), by_length);
    for (size_t i = 0; i < taken; i++)
        report(profiles[i], why);
    free(profiles);
}
