#include "sampler.h"

#include "system/clock.h"
#include "system/thread.h"
#include "python/guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>

#define STACK_BYTES (256 * 1024)

/* After a tick that took much CPU time, the thread pauses for at least REST_FACTOR
 * times that CPU time. Deep stacks at short intervals then cost samples, not the
 * processor. */
#define REST_FACTOR 3

struct sampler {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* a target is due before .wakes_ns */
    bool has_thread;
    bool guarded;      /* atomic; the last guard_install succeeded */
    bool visited;      /* a target was added since the thread woke */
    uint64_t pace_ns;  /* interval of the target added last */
    uint64_t wakes_ns; /* when the thread wakes without a signal; CLOCK_MONOTONIC */
    uint64_t ran_ns;   /* CPU time of the thread at its last sample */
    struct sampled_request *targets;
    unsigned target_count; /* atomic, for readers without the lock */
    uint64_t random;
    struct gil_range gil;
    struct codewatch codes;
    struct scratch scratch;
};

/* A global, because the hooks of fork and of code destruction have no argument. */
static struct sampler *the_sampler;

/* Returns 0.5 to 1.5 intervals. Ticks at equal distances would always hit the same
 * place of an app that does something at equal distances. Xorshift; Marsaglia 2003. */
static uint64_t jittered(struct sampler *s, uint64_t interval_ns)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return interval_ns / 2 + s->random % (interval_ns + 1);
}

/* Counts from the last due time, not from now: the mean distance is then the interval,
 * whatever a tick costs and however late it comes. Missed ticks are skipped. */
static void schedule(struct sampler *s, struct sampled_request *t)
{
    uint64_t ran_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    uint64_t earliest = clock_ns(CLOCK_MONOTONIC) + REST_FACTOR * (ran_ns - s->ran_ns);
    s->ran_ns = ran_ns;
    t->due_ns += jittered(s, t->interval_ns);
    if (t->due_ns > t->until_ns)
        t->due_ns = t->until_ns;
    if (t->due_ns < earliest)
        t->due_ns = earliest;
    if (t->over)
        t->due_ns = UINT64_MAX;
}

/* Installs the handlers again: the app may have replaced them. */
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

/* Waking the thread costs a short request more than all its other profiling. So after a
 * request has come, the thread wakes once more by itself after about an interval, and
 * new requests are sampled at that time (see first_tick). When none has come since, it
 * sleeps until a target is due or added. */
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
    prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0); /* this thread's; the default is 50 us */
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

/* The sampler's thread does not exist in the child; it may have held the lock. */
static void in_child(void)
{
    struct sampler *s = the_sampler;
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
    the_sampler = s;
    return s;
}

static bool install_guard(struct sampler *s)
{
    pthread_mutex_lock(&s->lock);
    bool installed = guard(s);
    pthread_mutex_unlock(&s->lock);
    return installed;
}

/* Returns when the thread wakes anyway, if that is within 0.5 to 1.5 intervals: it is
 * as random as a new time. */
static uint64_t first_tick(struct sampler *s, uint64_t interval_ns)
{
    uint64_t earliest = clock_ns(CLOCK_MONOTONIC) + interval_ns / 2;
    bool fits = s->wakes_ns >= earliest && s->wakes_ns - earliest <= interval_ns;
    return fits ? s->wakes_ns : earliest - interval_ns / 2 + jittered(s, interval_ns);
}

/* Lock held. A thread that was just started looks for targets by itself. */
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

/* This code object is being destroyed. GIL held, the lock not held. */
static void forget_code(const void *code)
{
    struct sampler *s = the_sampler;
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
        *why = "sampling needs a SIGSEGV handler, and others replaced it too often";
        return false;
    }
    if (!codewatch_on(&s->codes, forget_code, why))
        return false;
    s->has_thread = s->has_thread || thread_start(sampler_main, s, STACK_BYTES);
    if (!s->has_thread) {
        *why = "the sampler's thread cannot be started";
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
