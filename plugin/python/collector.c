#include "collector.h"

#include "events.h"
#include "exceptions.h"
#include "greenlets.h"

#include <stdlib.h>

__thread struct collector_thread collector_thread
    __attribute__((tls_model("initial-exec")));

struct collector_env *collector_env_create(void)
{
    struct collector_env *env = calloc(1, sizeof *env);
    if (env)
        env->counter = clock_counter_usable();
    return env;
}

/* The time since the event that brought something new is the profiler's own. */
static void charge_request(struct collector *c)
{
    recorder_charge_request(&c->recorder, clock_ticks(c->counter));
}

static bool keep_code(struct collector *c, PyCodeObject *code)
{
    if (c->code_count == c->code_cap) {
        uint32_t cap = c->code_cap ? c->code_cap * 2 : 512;
        PyObject **codes = realloc(c->codes, cap * sizeof *codes);
        if (!codes)
            return false;
        c->codes = codes;
        c->code_cap = cap;
    }
    Py_INCREF(code);
    c->codes[c->code_count++] = (PyObject *)code;
    return true;
}

void events_enter_code(struct collector *c, PyCodeObject *code, uint64_t now)
{
    uint32_t func = recorder_known(&c->recorder, code);
    if (func == FUNCTAB_NONE && keep_code(c, code)) {
        func = names_learn_code(&c->recorder, code, code);
        charge_request(c);
        now = c->recorder.last;
    }
    recorder_enter_func(&c->recorder, code, func, now);
}

void events_enter_builtin(struct collector *c, const PyMethodDef *def, PyObject *self,
                          PyObject *module, uint64_t now)
{
    uint32_t func = recorder_known(&c->recorder, def);
    if (func == FUNCTAB_NONE) {
        collector_thread.current = NULL; /* repr() may run Python code: not the app's */
        func = names_learn_builtin(&c->recorder, def, def, self, module);
        collector_thread.current = c;
        charge_request(c);
        now = c->recorder.last;
    }
    recorder_enter_func(&c->recorder, def, func, now);
}

static void leave_list(struct collector *c)
{
    struct collector **link = &collector_thread.all;
    while (*link && *link != c)
        link = &(*link)->next;
    if (*link)
        *link = c->next;
    if (collector_thread.current == c)
        collector_thread.current = NULL;
}

static void collector_free(struct collector *c)
{
    for (uint32_t i = 0; i < c->code_count; i++)
        Py_DECREF(c->codes[i]);
    free(c->codes);
    recorder_free(&c->recorder);
    free(c);
}

/* The one collector there is so far; mode will choose. */
struct collector *collector_start(struct collector_env *env, enum profile_mode mode,
                                  uint32_t max_nodes, const char **why)
{
    (void)mode;
    struct collector *c = calloc(1, sizeof *c);
    if (!c || !recorder_init(&c->recorder, max_nodes, 0)) {
        free(c);
        *why = "out of memory";
        return NULL;
    }
    c->env = env;
    c->counter = env->counter;
    c->paused = true; /* until all is ready */
    c->thread_state = PyThreadState_Get();
    c->next = collector_thread.all;
    collector_thread.all = c;
    greenlets_join(c);
    if (!events_on(c, why)) {
        leave_list(c);
        greenlets_part(c);
        collector_free(c);
        return NULL;
    }
    c->started_us = (int64_t)(clock_ns(CLOCK_REALTIME) / 1000);
    c->started = clock_read(c->counter);
    c->recorder.last = c->started.ticks;
    collector_resume(c);
    return c;
}

void collector_resume(struct collector *c)
{
    c->paused = false;
    collector_cpu_runs(c);
    collector_thread.current = c;
}

void collector_pause(struct collector *c)
{
    c->paused = true;
    collector_cpu_stops(c);
    collector_thread.current = NULL;
}

void collector_finish(struct collector *c, struct profile *p)
{
    struct clock_pair ended = clock_read(c->counter);
    collector_pause(c);
    struct pending pending = exception_hold();
    events_off(c);
    leave_list(c);
    greenlets_part(c);

    p->started_us = c->started_us;
    p->wall_ns = ended.ns - c->started.ns;
    p->cpu_ns = c->cpu_ns;
    p->notices |= c->notices;
    recorder_finish(&c->recorder, p, clock_tick_ns(c->counter, c->started, ended),
                    ended.ticks);
    collector_free(c);
    exception_give_back(pending);
}
