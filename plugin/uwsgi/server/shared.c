#include "shared.h"

#include "system/clock.h"
#include "base/rate.h"

#include <stddef.h>
#include <sys/mman.h>

struct shared {
    word64 counters[COUNTER_COUNT];
    struct rate_log hints[HINT_COUNT];
    struct reason {
        const char *why; /* NULL: free */
        struct rate_log line;
    } reasons[SHARED_REASONS_MOST];
    word64 minute; /* see rate.h */
    struct worker {
        struct last_call call;
        int32_t under_way; /* profiles that were started and have not ended */
        word64 waiting;    /* pid << 32 | waiting profiles: one store sets both */
    } workers[];           /* index from 1 */
};

static struct shared own, *shared = &own;
static int workers;        /* number of workers that have a place */
static int32_t *under_way; /* this worker's; NULL in other processes */
static word64 *waiting;    /* this worker's; NULL in other processes */
static int32_t own_pid;

bool shared_create(int count)
{
    size_t size = sizeof *shared + ((size_t)count + 1) * sizeof *shared->workers;
    void *area =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED)
        return false;
    shared = area;
    workers = count;
    return true;
}

struct last_call *shared_last_call(int worker)
{
    return worker >= 1 && worker <= workers ? &shared->workers[worker].call : NULL;
}

static bool is_end(enum counter counter)
{
    return counter == COUNT_KEPT || counter == COUNT_DISCARDED ||
           counter == COUNT_WRITE_ERRORS;
}

void counter_add(enum counter counter, uint64_t amount)
{
    if (amount)
        __atomic_add_fetch(&shared->counters[counter], amount, __ATOMIC_RELAXED);
    if (under_way && counter == COUNT_STARTED)
        __atomic_add_fetch(under_way, (int32_t)amount, __ATOMIC_RELAXED);
    else if (under_way && is_end(counter))
        __atomic_sub_fetch(under_way, (int32_t)amount, __ATOMIC_RELAXED);
}

static uint64_t waiting_word(int32_t pid, unsigned profiles)
{
    return (uint64_t)(uint32_t)pid << 32 | profiles;
}

void shared_set_waiting(unsigned profiles)
{
    if (waiting)
        __atomic_store_n(waiting, waiting_word(own_pid, profiles), __ATOMIC_RELEASE);
}

unsigned shared_take_lost(int worker, int32_t current, int32_t *pid)
{
    if (worker < 1 || worker > workers)
        return 0;
    word64 *word = &shared->workers[worker].waiting;
    uint64_t seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
    *pid = (int32_t)(seen >> 32);
    if (!(uint32_t)seen || *pid == current ||
        !__atomic_compare_exchange_n(word, &seen, waiting_word(*pid, 0), false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return 0;
    return (uint32_t)seen;
}

void shared_enter_worker(int worker, int32_t pid)
{
    if (worker < 1 || worker > workers)
        return;
    int32_t lost =
        __atomic_exchange_n(&shared->workers[worker].under_way, 0, __ATOMIC_RELAXED);
    if (lost > 0) /* negative if profiles ended in a child whose fork we did not see */
        counter_add(COUNT_DISCARDED, (uint64_t)lost);
    under_way = &shared->workers[worker].under_way;
    waiting = &shared->workers[worker].waiting;
    own_pid = pid;
    shared_set_waiting(0);
}

unsigned shared_under_way(void)
{
    int32_t count = under_way ? __atomic_load_n(under_way, __ATOMIC_RELAXED) : 0;
    return count > 0 ? (unsigned)count : 0;
}

void shared_leave_worker(void)
{
    under_way = NULL;
    waiting = NULL;
}

uint64_t counter_value(enum counter counter)
{
    return __atomic_load_n(&shared->counters[counter], __ATOMIC_RELAXED);
}

struct rate_log *shared_hint(enum hint hint)
{
    return &shared->hints[hint];
}

struct rate_log *shared_reason(const char *why)
{
    struct reason *r = shared->reasons;
    for (; r < shared->reasons + SHARED_REASONS_MOST - 1; r++) {
        const char *seen = __atomic_load_n(&r->why, __ATOMIC_RELAXED);
        if (!seen && __atomic_compare_exchange_n(&r->why, &seen, why, false,
                                                 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            break;
        if (seen == why)
            break;
    }
    return &r->line;
}

bool shared_take_of_minute(uint32_t most)
{
    return rate_take_of_minute(&shared->minute, clock_ns(CLOCK_MONOTONIC), most);
}

uint32_t shared_minute_taken(void)
{
    return rate_taken_of_minute(&shared->minute, clock_ns(CLOCK_MONOTONIC));
}

const word64 *counter_place(enum counter counter)
{
    return &shared->counters[counter];
}

const char *counter_name(enum counter counter)
{
    static const char *const names[COUNTER_COUNT] = {
        [COUNT_STARTED] = "profiler.started",
        [COUNT_KEPT] = "profiler.kept",
        [COUNT_DISCARDED] = "profiler.discarded",
        [COUNT_DENIED] = "profiler.denied",
        [COUNT_LIMITED] = "profiler.limited",
        [COUNT_TRUNCATED] = "profiler.truncated",
        [COUNT_WRITE_ERRORS] = "profiler.write_errors",
        [COUNT_SAMPLES] = "profiler.samples",
        [COUNT_SAMPLES_LOST] = "profiler.samples_lost",
        [COUNT_REPORT_US] = "profiler.report_us",
    };
    return names[counter];
}
