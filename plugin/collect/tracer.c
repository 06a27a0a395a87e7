#include "tracer.h"

#include "base/vec.h"
#include "system/cpuwait.h"
#include "profile/profile.h"
#include "events.h"
#include "python/frames.h"
#include "python/names.h"

#include <stdlib.h>

/* The time since the event is the profiler's own, spent on something new. It is charged
 * to the request, not to a function. */
static void charge_request(struct tracer *t)
{
    recorder_charge_request(&t->recorder, clock_ticks(t->counter));
}

static bool keep_object(struct tracer *t, PyObject *object)
{
    if (!VEC_ROOM(t->objects, t->object_count, t->object_cap, 512))
        return false;
    Py_INCREF(object);
    t->objects[t->object_count++] = object;
    return true;
}

static uint32_t learn_code(struct tracer *t, PyObject *code)
{
    if (PyCode_Check(code))
        return names_learn_code(&t->recorder, code, (PyCodeObject *)code);
    /* Reading its attributes may run Python code, which must not count as the app's. */
    collector_thread.tracer = NULL;
    uint32_t func = names_learn_object(&t->recorder, code, code);
    collector_thread.tracer = t;
    return func;
}

static void enter_new_code(struct tracer *t, PyObject *code, uint64_t now)
{
    recorder_charge(&t->recorder, now);
    uint32_t func = recorder_known(&t->recorder, code);
    if (func == FUNCTAB_NONE && keep_object(t, code)) {
        func = learn_code(t, code);
        charge_request(t);
        now = t->recorder.last;
    }
    recorder_enter_func(&t->recorder, code, func, now);
}

/* The builtin's method definition; what it is called on, if anything; its module. */
struct builtin {
    const PyMethodDef *def;
    PyObject *self, *module;
};

static void enter_new_builtin(struct tracer *t, const struct builtin *b, uint64_t now)
{
    recorder_charge(&t->recorder, now);
    uint32_t func = recorder_known(&t->recorder, b->def);
    if (func == FUNCTAB_NONE) {
        /* repr() may run Python code, which must not count as the app's. */
        collector_thread.tracer = NULL;
        func = names_learn_builtin(&t->recorder, b->def, b->def, b->self, b->module);
        collector_thread.tracer = t;
        charge_request(t);
        now = t->recorder.last;
    }
    recorder_enter_func(&t->recorder, b->def, func, now);
}

/* "Middleware" of "app.Middleware", as static types are named. */
static struct str type_name(const PyTypeObject *type)
{
    const char *dot = strrchr(type->tp_name, '.');
    return str_from(dot ? dot + 1 : type->tp_name);
}

static bool is_other_class(const struct tracer *t, const PyTypeObject *type)
{
    const struct recorder *r = &t->recorder;
    struct str own =
        classes_of_name(functab_qualname(&r->functab, recorder_current(r)->func));
    return own.len && !str_equal(own, type_name(type));
}

/* Remembers the class of self only where it differs from the class in the method's
 * name. Most calls then need no further look. */
void tracer_see_class(struct tracer *t, PyObject *code, PyObject *frame)
{
    struct calltree_node *node = recorder_current(&t->recorder);
    bool is_first = node->calls == 1;
    if (recorder_is_beneath(&t->recorder) || node->key != code || !PyCode_Check(code) ||
        !(is_first ? frames_takes_self((PyCodeObject *)code) : node->type != NULL))
        return;
    const PyTypeObject *type = frames_first_type(
        frame ? frames_of_object(frame) : frames_top(t->base.thread_state),
        (PyCodeObject *)code);
    if (!is_first && type != node->type)
        node->type = NULL;
    else if (is_first && type && is_other_class(t, type) &&
             keep_object(t, (PyObject *)type))
        node->type = type;
}

/* Must run while the types live. When out of memory, a function keeps its own name. */
static void name_classes(struct tracer *t, struct profile *p)
{
    struct calltree *tree = &t->recorder.tree;
    for (uint32_t i = 0; i < tree->count; i++) {
        struct calltree_node *node = &tree->nodes[i];
        if (!node->type)
            continue;
        struct str name = functab_name(&t->recorder.functab, node->func);
        classes_add(&p->classes, i, type_name(node->type), name);
        node->type = NULL;
    }
}

static uint64_t ticks_of(const struct collector_env *env, uint64_t ns)
{
    return (uint64_t)((double)ns /
                      clock_tick_ns(env->counter, env->made, clock_read(env->counter)));
}

/* The function that ran at the deadline may have run on for long: its time ends
 * there. */
static void expire(struct tracer *t)
{
    struct collector *c = &t->base;
    recorder_charge(&t->recorder, t->deadline);
    if (collector_thread.tracer == t)
        tracer_kind.turn_away(c, NULL);
    events_off(t);
    c->ended =
        (struct clock_pair){.ns = c->started.ns + t->max_ns, .ticks = t->deadline};
    c->cpu_ns = c->cpu_ns < t->max_ns ? c->cpu_ns : t->max_ns;
    c->notices |= 1u << NOTICE_TIME;
}

/* Reads the clock for an event. False if the event is not recorded. */
static bool is_in_time(struct tracer *t, uint64_t *now)
{
    *now = clock_ticks(t->counter);
    if (*now < t->deadline)
        return true;
    expire(t);
    return false;
}

void tracer_enter_code(struct tracer *t, PyObject *code, PyObject *frame)
{
    uint64_t now;
    if (!is_in_time(t, &now))
        return;
    bool known = recorder_enter(&t->recorder, code, now);
    if (!known)
        enter_new_code(t, code, now);
    if (!known || recorder_current(&t->recorder)->type)
        tracer_see_class(t, code, frame);
}

void tracer_enter_builtin(struct tracer *t, const PyMethodDef *def, PyObject *self,
                          PyObject *module)
{
    uint64_t now;
    if (is_in_time(t, &now) && !recorder_enter(&t->recorder, def, now))
        enter_new_builtin(t, &(struct builtin){def, self, module}, now);
}

void tracer_leave(struct tracer *t)
{
    uint64_t now;
    if (is_in_time(t, &now))
        recorder_leave(&t->recorder, now);
}

static void tracer_destroy(struct collector *c)
{
    struct tracer *t = tracer_of(c);
    for (uint32_t i = 0; i < t->object_count; i++)
        Py_DECREF(t->objects[i]);
    free(t->objects);
    recorder_free(&t->recorder);
    free(t);
}

static struct collector *tracer_create(struct collector_env *env,
                                       const struct collector_settings *settings,
                                       const char **why)
{
    struct tracer *t = calloc(1, sizeof *t);
    if (!t || !recorder_init(&t->recorder, settings->max_nodes, 0)) {
        free(t);
        *why = "out of memory";
        return NULL;
    }
    t->counter = env->counter;
    t->max_ns = settings->max_ns;
    return &t->base;
}

static bool tracer_start(struct collector *c, const char **why)
{
    struct tracer *t = tracer_of(c);
    t->cpu_wait_known = cpuwait_total(&t->cpu_wait_started);
    return events_on(t, why);
}

/* Time counts from the recorded start. The thread may have waited for a processor
 * since. */
static void begin(struct tracer *t)
{
    t->recorder.last = t->base.started.ticks;
    t->deadline = t->recorder.last + ticks_of(t->base.env, t->max_ns);
}

static void tracer_turn_to(struct collector *c)
{
    struct tracer *t = tracer_of(c);
    if (c->ended.ns)
        return;
    if (!t->deadline)
        begin(t);
    else
        t->was_left = true;
    t->cpu_started = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    collector_thread.tracer = t;
}

/* Asks only once: at each switch of greenlets it would cost more than the switch. */
static void count_cpu_wait(struct tracer *t)
{
    uint64_t total;
    if (t->was_left || !t->cpu_wait_known || !cpuwait_total(&total) ||
        total < t->cpu_wait_started)
        return;
    t->cpu_wait_ns = total - t->cpu_wait_started;
}

static void tracer_turn_away(struct collector *c, PyObject *left)
{
    (void)left;
    if (c->ended.ns)
        return;
    struct tracer *t = tracer_of(c);
    collector_thread.tracer = NULL;
    c->cpu_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - t->cpu_started;
    count_cpu_wait(t);
}

static void tracer_stop(struct collector *c)
{
    struct tracer *t = tracer_of(c);
    if (c->ended.ns)
        return;
    if (clock_ticks(t->counter) >= t->deadline)
        expire(t);
    else
        events_off(t);
}

static void tracer_finish(struct collector *c, struct profile *p,
                          struct clock_pair ended)
{
    struct tracer *t = tracer_of(c);
    uint64_t rest_ns = p->wall_ns > p->cpu_ns ? p->wall_ns - p->cpu_ns : 0;
    if (!t->was_left)
        p->cpu_wait_ns = t->cpu_wait_ns < rest_ns ? t->cpu_wait_ns : rest_ns;
    name_classes(t, p);
    recorder_finish(&t->recorder, p, clock_tick_ns(t->counter, c->started, ended),
                    ended.ticks);
}

const struct collector_kind tracer_kind = {
    .create = tracer_create,
    .start = tracer_start,
    .turn_to = tracer_turn_to,
    .turn_away = tracer_turn_away,
    .stop = tracer_stop,
    .finish = tracer_finish,
    .destroy = tracer_destroy,
};
