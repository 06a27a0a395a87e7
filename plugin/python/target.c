#include "target.h"

#include "../core/clock.h"
#include "../core/profile.h"
#include "guard.h"

#include <pthread.h>
#include <unistd.h>

/* A stack that changes while it is read is read again, so often; then so often on the
 * thread's own processor, where it cannot run meanwhile. More of the first kind would
 * favour what stays on the stack for longer. */
#define TRIES_APART 4
#define TRIES_TOGETHER 10

bool target_init(struct target *t, uint32_t max_nodes, uint64_t interval_ns,
                 const struct gil_range *gil)
{
    const PyThreadState *thread = PyThreadState_Get();
    *t = (struct target){
        .thread = thread,
        .base = frames_top(thread),
        .interval_ns = interval_ns,
        .gil = gil,
    };
    if (!stacks_init(&t->stacks, max_nodes))
        return false;
    if (pthread_getcpuclockid(pthread_self(), &t->cpu_clock) != 0)
        t->cpu_clock = CLOCK_THREAD_CPUTIME_ID; /* never on Linux */
    t->thread_id = gettid();
    threadwait_open(&t->wait, t->thread_id);
    return true;
}

/* --- reading a stack that its thread goes on to change */

struct reading {
    const struct target *target;
    struct scratch *scratch;
    struct stack_frame frame; /* whose text or line is read */
    size_t size;
    int32_t line;
    bool ok;
};

static void walk_twice(void *argument)
{
    struct reading *r = argument;
    const struct target *t = r->target;
    struct frames *frames = &r->scratch->frames;
    r->ok = frames_walk(frames, frames_top(t->thread), t->base) &&
            frames_agree(frames, frames_top(t->thread), t->base);
}

static void walk_again(void *argument)
{
    struct reading *r = argument;
    const struct target *t = r->target;
    r->ok = frames_agree(&r->scratch->frames, frames_top(t->thread), t->base);
}

static void measure_text(void *argument)
{
    struct reading *r = argument;
    r->ok = frames_is_code(r->frame.code);
    r->size = r->ok ? frames_text_size(r->frame.code) : 0;
}

static void read_text(void *argument)
{
    struct reading *r = argument;
    frames_read_text(r->frame.code, &r->scratch->text);
}

static void read_line(void *argument)
{
    struct reading *r = argument;
    r->line = frames_line(r->frame);
}

static void read_builtin(void *argument)
{
    struct reading *r = argument;
    frames_read_builtin(&r->scratch->frames, &r->scratch->text);
}

static bool read_name(struct reading *r)
{
    struct buf *text = &r->scratch->text.text;
    text->len = 0;
    if (r->frame.position == FRAMES_BUILTIN)
        return buf_reserve(text, FRAMES_BUILTIN_TEXT_SIZE) &&
               guard_call(read_builtin, r);
    return guard_call(measure_text, r) && r->ok && buf_reserve(text, r->size) &&
           guard_call(read_text, r);
}

static bool learn_code(struct stacks *s, struct reading *r)
{
    const struct code_text *text = &r->scratch->text;
    if (!read_name(r))
        return false;
    return stacks_learn_code(s, r->frame.code, text->file, text->first_line, text->name,
                             text->qualname);
}

/* The sites of this stack that are new. How many there were; -1 when one is none. */
static int learn(struct stacks *s, struct reading *r, uint32_t depth)
{
    const struct stack_frame *stack = r->scratch->frames.stack;
    int learned = 0;
    for (uint32_t i = stacks_common(s, stack, depth); i < depth; i++) {
        if (stacks_knows(s, stack[i]))
            continue;
        r->frame = stack[i];
        if ((!stacks_knows_code(s, r->frame.code) && !learn_code(s, r)) ||
            !guard_call(read_line, r) || !stacks_learn_site(s, r->frame, r->line))
            return -1;
        learned++;
    }
    return learned;
}

/* What was learned from a stack that was not there was no code. */
static void forget(struct stacks *s, const struct reading *r, uint32_t depth)
{
    for (uint32_t i = 0; i < depth; i++)
        stacks_forget(s, r->scratch->frames.stack[i].code);
}

/* Without the GIL: the stack is believed when two walks agree, and what stands in its
 * code objects when it is still there after they were read: code that is on a stack is
 * alive, and cannot be destroyed past sampler_forget_code. */
static bool try_stack(struct target *t, struct scratch *scratch, int tries,
                      uint32_t *depth)
{
    struct reading r = {.target = t, .scratch = scratch};
    for (int i = 0; i < tries; i++) {
        if (!guard_call(walk_twice, &r) || !r.ok)
            continue;
        *depth = frames_stack(&scratch->frames);
        int learned = learn(&t->stacks, &r, *depth);
        if (learned == 0)
            return true;
        if (learned > 0 && guard_call(walk_again, &r) && r.ok)
            return true;
        forget(&t->stacks, &r, *depth);
    }
    return false;
}

static bool read_stack(struct target *t, struct scratch *scratch, uint32_t *depth)
{
    if (try_stack(t, scratch, TRIES_APART, depth))
        return true;
    bool ok = cpu_join(t->thread_id) && try_stack(t, scratch, TRIES_TOGETHER, depth);
    cpu_leave(&scratch->allowed);
    return ok;
}

/* --- time */

static uint64_t cpu_time(const struct target *t)
{
    return t->cpu_ns + (t->running ? clock_ns(t->cpu_clock) - t->cpu_started_ns : 0);
}

static uint64_t elapsed(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

static void count_away(struct target *t, uint64_t dt_ns)
{
    struct sample_time time = {.dt_ns = dt_ns, .wait = WAITS_SWITCHED_OUT};
    stacks_charge(&t->stacks, t->away_node, time);
    t->counted_ns += dt_ns;
}

void target_turn_to(struct target *t, uint64_t now_ns)
{
    if (t->since_ns)
        count_away(t, elapsed(t->since_ns, now_ns));
    t->since_ns = now_ns;
    t->cpu_started_ns = clock_ns(t->cpu_clock);
    t->running = true;
}

static uint32_t node_of(struct target *t, struct scratch *scratch, const void *top)
{
    struct reading r = {.target = t, .scratch = scratch};
    struct frames *frames = &scratch->frames;
    if (!frames_walk(frames, top, t->base))
        return t->stacks.last_node;
    uint32_t depth = frames_stack(frames);
    if (learn(&t->stacks, &r, depth) < 0)
        return t->stacks.last_node;
    return stacks_node(&t->stacks, frames->stack, depth);
}

void target_turn_away(struct target *t, struct scratch *scratch, const void *top,
                      uint64_t now_ns)
{
    t->carried_ns += elapsed(t->since_ns, now_ns);
    t->since_ns = now_ns;
    t->cpu_ns = cpu_time(t);
    t->running = false;
    t->away_node = node_of(t, scratch, top);
}

/* Waiting for somebody who can be named. */
static void count_peer(struct target *t, struct sample_time time, int fd)
{
    char name[PEER_NAME_SIZE];
    if (fd < 0 ||
        (time.wait != WAITS_NETWORK_READ && time.wait != WAITS_NETWORK_WRITE) ||
        !threadwait_peer(fd, name, sizeof name))
        return;
    stacks_peer(&t->stacks, name, time.wait, elapsed(time.cpu_ns, time.dt_ns));
}

void target_sample(struct target *t, struct scratch *scratch, uint64_t now_ns)
{
    if (!t->running)
        return;
    int fd = -1;
    uint32_t depth;
    struct sample_time time = {.wait = threadwait_read(&t->wait, t->gil, &fd)};
    if (!read_stack(t, scratch, &depth)) {
        t->stacks.sampled.lost++;
        return;
    }
    uint64_t cpu_ns = cpu_time(t);
    time.dt_ns = t->carried_ns + elapsed(t->since_ns, now_ns);
    time.cpu_ns = elapsed(t->cpu_counted_ns, cpu_ns);
    stacks_sample(&t->stacks, scratch->frames.stack, depth, time);
    count_peer(t, time, fd);
    t->cut |= scratch->frames.depth > FRAMES_MAX;
    t->counted_ns += time.dt_ns;
    t->carried_ns = 0;
    t->since_ns = now_ns;
    t->cpu_counted_ns = cpu_ns;
}

/* The time since the last sample goes to where that was: as good a guess as that the
 * time before a sample goes to it. */
void target_finish(struct target *t, struct profile *p)
{
    uint64_t rest_ns = elapsed(t->counted_ns, p->wall_ns);
    struct sample_time carried = {
        .dt_ns = t->carried_ns < rest_ns ? t->carried_ns : rest_ns,
        .cpu_ns = elapsed(t->cpu_counted_ns, t->cpu_ns),
        .wait = WAITS_OTHER,
    };
    stacks_charge(&t->stacks, t->stacks.last_node, carried);
    t->counted_ns += carried.dt_ns;
    count_away(t, rest_ns - carried.dt_ns);
    if (p->wall_ns < t->counted_ns)
        p->wall_ns = t->counted_ns; /* by a sample that was just being taken */
    p->interval_ns = t->interval_ns;
    if (t->cut)
        p->notices |= 1u << NOTICE_DEEP;
    if (t->wait.unknown && t->stacks.sampled.samples)
        p->notices |= 1u << NOTICE_WAITS_UNKNOWN;
    stacks_finish(&t->stacks, p);
}

void target_free(struct target *t)
{
    threadwait_close(&t->wait);
    stacks_free(&t->stacks);
}
