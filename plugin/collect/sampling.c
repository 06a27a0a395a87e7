#include "sampling.h"

#include "sampler.h"

#include <stdlib.h>

struct sampling {
    struct collector base;
    struct sampler *sampler;
    struct sampled_request target;
};

static struct sampling *sampling_of(struct collector *c)
{
    return (struct sampling *)c; /* base comes first */
}

static struct collector *sampling_create(struct collector_env *env,
                                         const struct collector_settings *settings,
                                         const char **why)
{
    struct sampling *s = calloc(1, sizeof *s);
    *why = "out of memory";
    if (!env->sampler)
        env->sampler = sampler_create();
    if (!s || !env->sampler ||
        !sampled_request_init(&s->target, settings, sampler_gil(env->sampler))) {
        free(s);
        return NULL;
    }
    s->sampler = env->sampler;
    return &s->base;
}

static bool sampling_start(struct collector *c, const char **why)
{
    struct sampling *s = sampling_of(c);
    return sampler_add(s->sampler, &s->target, why);
}

static void sampling_turn_to(struct collector *c)
{
    struct sampling *s = sampling_of(c);
    if (s->target.orphaned)
        return;
    sampler_lock(s->sampler);
    bool is_first = !s->target.since_ns; /* its time counts from .started */
    sampled_request_turn_to(&s->target,
                            is_first ? c->started.ns : clock_ns(CLOCK_MONOTONIC));
    sampler_unlock(s->sampler);
}

/* Returns the innermost frame of a greenlet that the thread has just left. A new
 * reference; NULL, with no exception set, on failure. */
static PyObject *frame_of_greenlet(PyObject *greenlet)
{
    PyObject *frame = PyObject_GetAttrString(greenlet, "gr_frame");
    if (!frame)
        PyErr_Clear();
    return frame;
}

static void sampling_turn_away(struct collector *c, PyObject *left)
{
    struct sampling *s = sampling_of(c);
    if (s->target.orphaned)
        return;
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    PyObject *frame = left ? frame_of_greenlet(left) : NULL;
    const void *top = left ? frames_of_object(frame) : frames_top(c->thread_state);
    struct scratch *scratch = sampler_lock(s->sampler);
    sampled_request_turn_away(&s->target, scratch, top, now);
    sampler_unlock(s->sampler);
    Py_XDECREF(frame);
}

static void sampling_stop(struct collector *c)
{
    struct sampling *s = sampling_of(c);
    sampler_remove(s->sampler, &s->target);
    c->cpu_ns = s->target.cpu_ns;
}

/* Holders keep the lock for microseconds, unless a signal handler has interrupted their
 * thread. */
#define TAKE_TIMEOUT_NS 200000000u

static bool sampling_take(struct collector *c, struct profile *p)
{
    struct sampling *s = sampling_of(c);
    if (!sampler_lock_within(s->sampler, TAKE_TIMEOUT_NS))
        return false;
    sampled_request_take(&s->target, p, c->started.ns, clock_ns(CLOCK_MONOTONIC));
    sampler_unlock(s->sampler);
    return true;
}

static void sampling_finish(struct collector *c, struct profile *p,
                            struct clock_pair ended)
{
    struct sampling *s = sampling_of(c);
    (void)ended;
    if (!s->target.orphaned) {
        sampled_request_finish(&s->target, p);
    } else if (calltree_init(&p->tree, 1)) {
        p->notices |= 1u << NOTICE_FORKED;
        p->tree.nodes[CALLTREE_ROOT].self = p->wall_ns;
    }
}

/* In a forked child the target is not freed: the parent's sampler may have been
 * changing it at the moment of the fork. */
static void sampling_destroy(struct collector *c)
{
    struct sampling *s = sampling_of(c);
    if (!s->target.orphaned)
        sampled_request_free(&s->target);
    free(s);
}

const struct collector_kind sampling_kind = {
    .create = sampling_create,
    .start = sampling_start,
    .turn_to = sampling_turn_to,
    .turn_away = sampling_turn_away,
    .take = sampling_take,
    .stop = sampling_stop,
    .finish = sampling_finish,
    .destroy = sampling_destroy,
};
