#include "rate.h"

#define MINUTE_NS 60000000000u

bool rate_due(word64 *done_ns, uint64_t now_ns, uint64_t interval_ns)
{
    uint64_t last = __atomic_load_n(done_ns, __ATOMIC_RELAXED);
    /* negative if another thread read the clock later but came first */
    if (last && (int64_t)(now_ns - last) < (int64_t)interval_ns)
        return false;
    return __atomic_compare_exchange_n(done_ns, &last, now_ns, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}

unsigned rate_log_pass(struct rate_log *r, uint64_t now_ns)
{
    unsigned events = __atomic_add_fetch(&r->events, 1, __ATOMIC_RELAXED);
    if (!rate_due(&r->written_ns, now_ns, MINUTE_NS))
        return 0;
    __atomic_sub_fetch(&r->events, events, __ATOMIC_RELAXED);
    return events;
}

void rate_log_hold(struct rate_log *r)
{
    __atomic_add_fetch(&r->events, 1, __ATOMIC_RELAXED);
}

unsigned rate_log_rest(struct rate_log *r)
{
    return __atomic_exchange_n(&r->events, 0, __ATOMIC_RELAXED);
}

static uint32_t taken_in(uint64_t minute, uint64_t seen)
{
    return seen >> 32 == minute ? (uint32_t)seen : 0;
}

uint32_t rate_taken_of_minute(const word64 *word, uint64_t now_ns)
{
    return taken_in((uint32_t)(now_ns / MINUTE_NS),
                    __atomic_load_n(word, __ATOMIC_RELAXED));
}

bool rate_take_of_minute(word64 *word, uint64_t now_ns, uint32_t most)
{
    uint64_t minute = (uint32_t)(now_ns / MINUTE_NS);
    uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED), next;
    do {
        uint32_t taken = taken_in(minute, seen);
        if (taken >= most)
            return false;
        next = minute << 32 | (taken + 1);
    } while (!__atomic_compare_exchange_n(word, &seen, next, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return true;
}
