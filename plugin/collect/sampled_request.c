#include "sampled_request.h"

#include "system/clock.h"
#include "profile/profile.h"

#include <pthread.h>
#include <unistd.h>

bool sampled_request_init(struct sampled_request *t,
                          const struct collector_settings *settings,
                          const struct gil_range *gil)
{
    const PyThreadState *thread = PyThreadState_Get();
    *t = (struct sampled_request){
        .reader = reader_for(thread),
        .interval_ns = settings->interval_ns,
        .max_ns = settings->max_ns,
        .until_ns = UINT64_MAX, /* not started */
        .wait = {.file = {.number = -1}},
        .cpu_wait = cpuwait_of(gettid()),
        .gil = gil,
    };
    if (!stacks_init(&t->stacks, settings->max_nodes))
        return false;
    t->away = t->stacks.last;
    if (pthread_getcpuclockid(pthread_self(), &t->cpu_clock) != 0)
        t->cpu_clock = CLOCK_THREAD_CPUTIME_ID; /* never happens on Linux */
    return true;
}

static uint64_t cpu_time(const struct sampled_request *t)
{
    return t->cpu_ns + (t->running ? clock_ns(t->cpu_clock) - t->cpu_started_ns : 0);
}

static uint64_t elapsed(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

static void count_away(struct sampled_request *t, uint64_t dt_ns)
{
    struct sample_time time = {.dt_ns = dt_ns, .wait = WAITS_SWITCHED_OUT};
    stacks_charge(&t->stacks, t->away, time);
    t->counted_ns += dt_ns;
}

/* The sampler keeps it in its list, but it is never due again. */
static void end(struct sampled_request *t)
{
    t->cpu_ns = cpu_time(t);
    t->over = true;
    t->running = false;
}

/* Ends the request when its time is up. Time up to that moment that no sample covers
 * (the thread ran, or was away) is counted when the request finishes. */
static bool expire(struct sampled_request *t, uint64_t now_ns)
{
    if (!t->over && now_ns >= t->until_ns) {
        t->carried_ns += t->running ? elapsed(t->since_ns, t->until_ns) : 0;
        end(t);
        t->cpu_ns = t->cpu_ns < t->max_ns ? t->cpu_ns : t->max_ns;
        t->expired = true;
    }
    return t->over;
}

void sampled_request_turn_to(struct sampled_request *t, uint64_t now_ns)
{
    if (expire(t, now_ns))
        return;
    if (t->since_ns)
        count_away(t, elapsed(t->since_ns, now_ns));
    else
        t->until_ns = now_ns + t->max_ns;
    t->since_ns = now_ns;
    t->cpu_started_ns = clock_ns(t->cpu_clock);
    t->running = true;
    t->waits = WAITS_CPU;
    *t->peer = '\0';
    cpuwait_interrupt(&t->cpu_wait);
}

void sampled_request_turn_away(struct sampled_request *t, struct scratch *scratch,
                               const void *top, uint64_t now_ns)
{
    if (expire(t, now_ns))
        return;
    if (now_ns < t->since_ns) /* the sampler was taking a sample at that moment */
        now_ns = t->since_ns;
    t->carried_ns += now_ns - t->since_ns;
    t->since_ns = now_ns;
    t->cpu_ns = cpu_time(t);
    t->running = false;
    uint32_t depth;
    t->away = reader_read_left(&t->reader, &t->stacks, scratch, top, &depth)
                  ? stacks_place(&t->stacks, scratch->frames.stack, depth)
                  : t->stacks.last;
}

static bool is_network(enum wait_kind wait)
{
    return wait == WAITS_NETWORK_READ || wait == WAITS_NETWORK_WRITE;
}

/* Counts a wait for a known peer: the socket's peer if fd is given, else the last
 * one. */
static void count_peer(struct sampled_request *t, struct sample_time time, int fd)
{
    if (fd >= 0 && !threadwait_peer(fd, t->peer, sizeof t->peer))
        *t->peer = '\0';
    if (is_network(time.wait) && *t->peer)
        stacks_peer(&t->stacks, t->peer, time.wait,
                    elapsed(time.cpu_ns + time.queued_ns, time.dt_ns));
}

/* Counts the wait for a processor since the last sample separately. If the thread is
 * ready to run now, the rest of the time goes to its state at the last sample: that was
 * how it began. If it was ready at both samples, a wait in between is unknown. */
static void count_cpu_wait(struct sampled_request *t, struct sample_time *time)
{
    enum wait_kind now = time->wait;
    struct cpuwait_part part =
        cpuwait_count(&t->cpu_wait, (struct cpuwait_span){time->dt_ns, time->cpu_ns,
                                                          now == WAITS_CPU});
    stacks_was_queued(&t->stacks, part.earlier_ns);
    time->queued_ns = part.ns;
    if (now == WAITS_CPU)
        time->wait = t->waits;
    else
        *t->peer = '\0';
    t->waits = now;
}

/* At least 31/32 of the time was CPU time. Asking the kernel for the rest would take
 * much of a tick. */
static bool ran_throughout(struct sample_time time)
{
    return time.cpu_ns >= time.dt_ns - time.dt_ns / 32;
}

static enum wait_kind read_wait(struct sampled_request *t, struct sample_time time,
                                int *fd)
{
    if (ran_throughout(time))
        return WAITS_CPU;
    if (!t->wait_opened)
        threadwait_open(&t->wait, t->reader.os_thread.id);
    t->wait_opened = true;
    return threadwait_read(&t->wait, t->gil, fd);
}

/* The loop's timer or sockets may belong to another task. */
static enum wait_kind refine(enum wait_kind wait, enum asyncio_waits awaits)
{
    bool in_loop = wait == WAITS_SLEEP || wait == WAITS_LOOP ||
                   wait == WAITS_NETWORK_READ || wait == WAITS_CHILD;
    if (in_loop && awaits == ASYNCIO_SLEEP)
        return WAITS_SLEEP;
    return wait == WAITS_SLEEP && awaits == ASYNCIO_RESULT ? WAITS_LOOP : wait;
}

static void sample(struct sampled_request *t, struct scratch *scratch, uint64_t now_ns)
{
    int fd = -1;
    uint32_t depth;
    uint64_t cpu_ns = cpu_time(t);
    struct sample_time time = {
        .dt_ns = t->carried_ns + elapsed(t->since_ns, now_ns),
        .cpu_ns = elapsed(t->cpu_counted_ns, cpu_ns),
    };
    time.wait = read_wait(t, time, &fd);
    if (!reader_read(&t->reader, &t->stacks, scratch, &depth)) {
        t->stacks.sampled.lost++;
        return;
    }
    time.wait = refine(time.wait, scratch->awaits);
    count_cpu_wait(t, &time);
    stacks_sample(&t->stacks, scratch->frames.stack, depth, time);
    count_peer(t, time, fd);
    t->cut |= scratch->frames.depth > FRAMES_MAX;
    t->counted_ns += time.dt_ns;
    t->carried_ns = 0;
    t->since_ns = now_ns;
    t->cpu_counted_ns = cpu_ns;
}

void sampled_request_sample(struct sampled_request *t, struct scratch *scratch,
                            uint64_t now_ns)
{
    if (t->running)
        sample(t, scratch, now_ns < t->until_ns ? now_ns : t->until_ns);
    expire(t, now_ns);
}

static uint32_t lack_notice(enum threadwait_lack lack)
{
    static const uint32_t notices[] = {
        [LACKS_NOTHING] = 0,
        [LACKS_PROC] = 1u << NOTICE_WAITS_NO_PROC,
        [LACKS_FILE] = 1u << NOTICE_WAITS_NO_FILE,
        [LACKS_DUMPABLE] = 1u << NOTICE_WAITS_UNKNOWN,
        [LACKS_PERMISSION] = 1u << NOTICE_WAITS_DENIED,
        [LACKS_DESCRIPTORS] = 1u << NOTICE_WAITS_NO_DESCRIPTORS,
    };
    return notices[lack];
}

/* The time since the last sample goes to the place of that sample. This is as good a
 * guess as charging the time before a sample to it. */
void sampled_request_finish(struct sampled_request *t, struct profile *p)
{
    if (t->taken)
        return;
    if (t->expired || p->wall_ns > t->max_ns)
        p->wall_ns = t->max_ns;
    uint64_t rest_ns = elapsed(t->counted_ns, p->wall_ns);
    struct sample_time carried = {
        .dt_ns = t->carried_ns < rest_ns ? t->carried_ns : rest_ns,
        .cpu_ns = elapsed(t->cpu_counted_ns, t->cpu_ns),
        .wait = WAITS_CPU,
    };
    if (t->stacks.sampled.samples)
        count_cpu_wait(t, &carried);
    stacks_rest(&t->stacks, carried);
    count_peer(t, carried, -1);
    t->counted_ns += carried.dt_ns;
    count_away(t, rest_ns - carried.dt_ns);
    if (p->wall_ns < t->counted_ns)
        p->wall_ns = t->counted_ns; /* the last sample was taken after the end */
    p->interval_ns = t->interval_ns;
    if (t->expired)
        p->notices |= 1u << NOTICE_TIME;
    if (t->cut)
        p->notices |= 1u << NOTICE_DEEP;
    if (t->stacks.sampled.samples)
        p->notices |= lack_notice(t->wait.lack);
    stacks_finish(&t->stacks, p);
    if (p->sampled.node_wait_ns) /* equals the sum over the nodes in reports */
        p->cpu_ns = sampled_wait_ns(&p->sampled, p->tree.count, WAITS_CPU);
}

void sampled_request_take(struct sampled_request *t, struct profile *p,
                          uint64_t started_ns, uint64_t now_ns)
{
    if (!expire(t, now_ns)) {
        t->carried_ns += t->running ? elapsed(t->since_ns, now_ns) : 0;
        end(t);
    }
    p->wall_ns = elapsed(started_ns, now_ns);
    p->cpu_ns = t->cpu_ns;
    sampled_request_finish(t, p);
    t->taken = true;
}

void sampled_request_free(struct sampled_request *t)
{
    threadwait_close(&t->wait);
    cpuwait_close(&t->cpu_wait);
    stacks_free(&t->stacks);
}
