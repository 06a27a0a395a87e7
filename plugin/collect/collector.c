#include "collector.h"
#include "collector_kind.h"
#include "python/exceptions.h"
#include "greenlets.h"
#include "sampling.h"
#include "threads.h"
#include "tracer.h"

#include <stdlib.h>

struct collector_env *collector_env_create(void)
{
    struct collector_env *env = calloc(1, sizeof *env);
    if (env) {
        env->counter = clock_counter_usable();
        env->made = clock_read(env->counter);
    }
    return env;
}

static void leave_list(struct collector *c)
{
    struct collector **link = &collector_thread.all;
    while (*link && *link != c)
        link = &(*link)->next;
    if (*link)
        *link = c->next;
}

struct collector *collector_start(struct collector_env *env,
                                  const struct collector_settings *settings,
                                  const char **why)
{
    const struct collector_kind *kind =
        settings->mode == MODE_SAMPLING ? &sampling_kind : &tracer_kind;
    struct collector *c = kind->create(env, settings, why);
    if (!c)
        return NULL;
    c->kind = kind;
    c->env = env;
    c->paused = true; /* until all is ready */
    c->thread_state = PyThreadState_Get();
    c->next = collector_thread.all;
    collector_thread.all = c;
    greenlets_join(c);
    threads_watch();
    if (!kind->start(c, why)) {
        leave_list(c);
        greenlets_leave(c);
        kind->destroy(c);
        return NULL;
    }
    c->started_us = (int64_t)(clock_ns(CLOCK_REALTIME) / 1000);
    c->started = clock_read(env->counter);
    collector_resume(c);
    return c;
}

void collector_resume(struct collector *c)
{
    c->paused = false;
    collector_turn_to(c);
}

void collector_pause(struct collector *c)
{
    c->paused = true;
    if (collector_thread.current == c)
        collector_turn_away(NULL);
}

bool collector_take(struct collector *c, struct profile *p)
{
    if (!c->kind->take || !c->kind->take(c, p))
        return false;
    p->started_us = c->started_us;
    p->notices |= __atomic_load_n(&c->notices, __ATOMIC_RELAXED);
    return true;
}

void collector_finish(struct collector *c, struct profile *p)
{
    struct clock_pair ended = clock_read(c->env->counter);
    collector_pause(c);
    struct pending pending = exception_hold();
    c->kind->stop(c);
    if (c->ended.ns)
        ended = c->ended;
    leave_list(c);
    greenlets_leave(c);

    p->started_us = c->started_us;
    p->wall_ns = ended.ns - c->started.ns;
    p->cpu_ns = c->cpu_ns;
    p->notices |= c->notices;
    c->kind->finish(c, p, ended);
    c->kind->destroy(c);
    exception_give_back(pending);
}
