#include "sampler.h"

#include "system/clock.h"
#include "system/thread.h"
#include "python/guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>

#define STACK_BYTES (256 * 1024)

/* A tick that takes much of the processor, with the sleep before it, is followed by a
 * pause of so many times that: deep stacks at short intervals cost samples rather than
 * the processor. */
#define REST 3

struct sampler {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* there is a target that is due before .wakes_ns */
    bool has_thread;
    bool guarded;      /* atomic; guard_install has gone well the last time */
    bool visited;      /* a target has come since the thread woke */
    uint64_t pace_ns;  /* the interval of the last target that came */
    uint64_t wakes_ns; /* the thread wakes by itself; CLOCK_MONOTONIC */
    uint64_t ran_ns;   /* the thread, up to its last sample */
    struct sampled_request *targets;
    unsigned target_count; /* atomic, for those without the lock */
    uint64_t random;
    struct gil_range gil;
    struct codewatch codes;
    struct scratch scratch;
};

/* What forks, and what destroys code, comes without an argument of ours. */
static struct sampler *of_process;

/* Ticks at equal distances would meet what the app does at equal distances always at
 * the same place: they come after 0.5 to 1.5 intervals. Xorshift; Marsaglia 2003. */
static uint64_t jittered(struct sampler *s, uint64_t interval_ns)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return interval_ns / 2 + s->random % (interval_ns + 1);
}

/* From tick to tick, so that the mean distance is the interval, whatever a tick costs
 * and however late it comes; a tick that is missed is left out. */
static void schedule(struct sampler *s, struct sampled_request *t)
{
    uint64_t ran_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    uint64_t earliest = clock_ns(CLOCK_MONOTONIC) + REST * (ran_ns - s->ran_ns);
    s->ran_ns = ran_ns;
    t->due_ns += jittered(s, t->interval_ns);
    if (t->due_ns > t->until_ns)
        t->due_ns = t->until_ns;
    if (t->due_ns < earliest)
        t->due_ns = earliest;
    if (t->over)
        t->due_ns = UINT64_MAX;
}

/* The app may have put handlers of its own in the place of ours. */
static bool guard(struct sampler *s)
{
    bool guarded = guard_install();
    __atomic_store_n(&s->guarded, guarded, __ATOMIC_RELAXED);
    return guarded;
}

static uint64_t first_due(const struct sampler *s)
{
    uint64_t due = UINT64_MAX;
    for (const struct sampled_request *t = s->targets; t; t = t->next)
        if (t->due_ns < due)
            due = t->due_ns;
    return due;
}

static void tick(struct sampler *s)
{
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (first_due(s) > now)
        return;
    bool guarded = guard(s);
    for (struct sampled_request *t = s->targets; t; t = t->next) {
        if (t->due_ns > now)
            continue;
        if (guarded)
            sampled_request_sample(t, &s->scratch, now);
        else
            t->stacks.sampled.lost++;
        schedule(s, t);
        now = clock_ns(CLOCK_MONOTONIC);
    }
}

/* To wake the thread costs a short request more than all the rest. So where requests
 * have come it goes on for an interval, and those that come meanwhile go by it (see
 * enlist); once none has come, it sleeps until a target is due, or comes. */
static void sleep_until_due(struct sampler *s)
{
    uint64_t wakes = first_due(s);
    if (s->visited) {
        uint64_t soon = clock_ns(CLOCK_MONOTONIC) + jittered(s, s->pace_ns);
        wakes = soon < wakes ? soon : wakes;
    }
    s->visited = false;
    s->wakes_ns = wakes;
    struct timespec at = {.tv_sec = (time_t)(wakes / 1000000000u),
                          .tv_nsec = (long)(wakes % 1000000000u)};
    if (wakes == UINT64_MAX)
        pthread_cond_wait(&s->wake, &s->lock);
    else
        pthread_cond_timedwait(&s->wake, &s->lock, &at);
}

static void *sampler_main(void *argument)
{
    struct sampler *s = argument;
    prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0); /* this thread's; 50 us otherwise */
    pthread_setname_np(pthread_self(), "profiler");
    cpu_run_shortly();
    cpu_allowed(&s->scratch.allowed);
    pthread_mutex_lock(&s->lock);
    s->ran_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    for (;;) {
        sleep_until_due(s);
        tick(s);
    }
    return NULL;
}

static bool init_locks(struct sampler *s)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
    bool ok = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&s->wake, &attributes) == 0 &&
              pthread_mutex_init(&s->lock, NULL) == 0;
    pthread_condattr_destroy(&attributes);
    return ok;
}

/* The sampler's thread has stayed behind, at whatever it was doing. */
static void in_child(void)
{
    struct sampler *s = of_process;
    if (!s)
        return;
    for (struct sampled_request *t = s->targets; t; t = t->next)
        t->orphaned = true;
    s->targets = NULL;
    s->target_count = 0;
    s->has_thread = false;
    s->wakes_ns = 0;
    init_locks(s);
}

struct sampler *sampler_create(void)
{
    struct sampler *s = calloc(1, sizeof *s);
    if (!s || !init_locks(s) || pthread_atfork(NULL, NULL, in_child) != 0) {
        free(s);
        return NULL;
    }
    s->random = clock_ns(CLOCK_MONOTONIC) | 1;
    s->gil = frames_gil();
    of_process = s;
    return s;
}

static bool install_guard(struct sampler *s)
{
    pthread_mutex_lock(&s->lock);
    bool installed = guard(s);
    pthread_mutex_unlock(&s->lock);
    return installed;
}

/* When the thread wakes anyway, where that is a possible time: it is as random. */
static uint64_t first_tick(struct sampler *s, uint64_t interval_ns)
{
    uint64_t earliest = clock_ns(CLOCK_MONOTONIC) + interval_ns / 2;
    bool fits = s->wakes_ns >= earliest && s->wakes_ns - earliest <= interval_ns;
    return fits ? s->wakes_ns : earliest - interval_ns / 2 + jittered(s, interval_ns);
}

/* With the lock. A thread that has just been started looks by itself. */
static void enlist(struct sampler *s, struct sampled_request *t)
{
    uint64_t latest = clock_ns(CLOCK_MONOTONIC) + t->max_ns;
    t->due_ns = first_tick(s, t->interval_ns);
    if (t->due_ns > latest)
        t->due_ns = latest;
    t->next = s->targets;
    s->targets = t;
    s->visited = true;
    s->pace_ns = t->interval_ns;
    __atomic_add_fetch(&s->target_count, 1, __ATOMIC_RELAXED);
    if (t->due_ns < s->wakes_ns) {
        s->wakes_ns = t->due_ns;
        pthread_cond_signal(&s->wake);
    }
}

/* This code object is being destroyed. GIL held, the lock not. */
static void forget_code(const void *code)
{
    struct sampler *s = of_process;
    if (!s || __atomic_load_n(&s->target_count, __ATOMIC_RELAXED) == 0)
        return;
    pthread_mutex_lock(&s->lock);
    for (struct sampled_request *t = s->targets; t; t = t->next)
        stacks_forget(&t->stacks, code);
    pthread_mutex_unlock(&s->lock);
}

bool sampler_add(struct sampler *s, struct sampled_request *t, const char **why)
{
    if (!__atomic_load_n(&s->guarded, __ATOMIC_RELAXED) && !install_guard(s)) {
        *why = "the handler of SIGSEGV that sampling needs was replaced too often";
        return false;
    }
    if (!codewatch_on(&s->codes, forget_code, why))
        return false;
    s->has_thread = s->has_thread || thread_start(sampler_main, s, STACK_BYTES);
    if (!s->has_thread) {
        *why = "the thread that samples cannot be started";
        return false;
    }
    pthread_mutex_lock(&s->lock);
    enlist(s, t);
    pthread_mutex_unlock(&s->lock);
    return true;
}

void sampler_remove(struct sampler *s, struct sampled_request *t)
{
    if (t->orphaned)
        return;
    pthread_mutex_lock(&s->lock);
    struct sampled_request **link = &s->targets;
    while (*link && *link != t)
        link = &(*link)->next;
    if (*link)
        *link = t->next;
    bool last = __atomic_sub_fetch(&s->target_count, 1, __ATOMIC_RELAXED) == 0;
    pthread_mutex_unlock(&s->lock);
    if (last)
        codewatch_off();
}

struct scratch *sampler_lock(struct sampler *s)
{
    pthread_mutex_lock(&s->lock);
    return &s->scratch;
}

bool sampler_lock_within(struct sampler *s, uint64_t timeout_ns)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    uint64_t until = clock_ns(CLOCK_MONOTONIC) + timeout_ns;
    while (pthread_mutex_trylock(&s->lock) != 0) {
        if (clock_ns(CLOCK_MONOTONIC) >= until)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

void sampler_unlock(struct sampler *s)
{
    pthread_mutex_unlock(&s->lock);
}

const struct gil_range *sampler_gil(const struct sampler *s)
{
    return &s->gil;
}
