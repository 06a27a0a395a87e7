/* events.h -- the two sources of call and return events, behind one interface, and the
 * state of a collector that they drive.
 *
 * events_profile.c: PyEval_SetProfile, up to Python 3.11. events_monitoring.c:
 * sys.monitoring, from 3.12 on. One of them is empty in any build. GIL held. */

#ifndef PROFILER_EVENTS_H
#define PROFILER_EVENTS_H

#include "../core/clock.h"
#include "collector.h"
#include "names.h"

struct monitor; /* of one interpreter, see events_monitoring.c */

struct collector_env {
    bool counter;             /* for clock_ticks */
    struct monitor *monitors; /* from 3.12 on: grows with the interpreters seen */
};

struct collector {
    struct recorder recorder;
    struct collector_env *env;
    bool counter;
    struct clock_pair started;
    uint64_t cpu_started, cpu_ns; /* of the thread, while it runs this request */
    bool on_cpu;                  /* since cpu_started */
    bool paused;                  /* the thread serves another request */
    int64_t started_us;

    PyThreadState *thread_state;
    PyObject *greenlet;     /* in which it runs; NULL: greenlet is not imported */
    struct collector *next; /* in this thread's list */

    PyObject **codes; /* references: an address stays the code object's */
    uint32_t code_count, code_cap;

    Py_tracefunc profile_before; /* up to 3.11: what was set before the first of ours */
    PyObject *profile_arg_before;
    struct monitor *monitor; /* from 3.12 on */
    uint32_t notices;
};

/* What a thread is doing. The one mutable global of this floor: an event has nothing
 * else to tell it whose it is. */
struct collector_thread {
    struct collector *current; /* whose code runs now; NULL: nobody's */
    struct collector *all;     /* started on this thread and not finished */
    PyObject *trace_before;    /* greenlet's trace function before ours */
    bool watches_greenlets;
    bool in_switch; /* a trace function that chains to ours may call it again */
};

extern __thread struct collector_thread collector_thread
    __attribute__((tls_model("initial-exec")));

static inline void collector_cpu_runs(struct collector *c)
{
    if (!c->on_cpu)
        c->cpu_started = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    c->on_cpu = true;
}

static inline void collector_cpu_stops(struct collector *c)
{
    if (c->on_cpu)
        c->cpu_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - c->cpu_started;
    c->on_cpu = false;
}

/* Turn the events on for this collector, which is already in the thread's list; off for
 * one that is still there. */
bool events_on(struct collector *c, const char **why);
void events_off(struct collector *c);

/* The first call of something new, or an unusual one. */
void events_enter_code(struct collector *c, PyCodeObject *code, uint64_t now);
void events_enter_builtin(struct collector *c, const PyMethodDef *def, PyObject *self,
                          PyObject *module, uint64_t now);

static inline void events_call_code(struct collector *c, PyCodeObject *code)
{
    uint64_t now = clock_ticks(c->counter);
    if (!recorder_enter(&c->recorder, code, now))
        events_enter_code(c, code, now);
}

static inline void events_return(struct collector *c)
{
    recorder_leave(&c->recorder, clock_ticks(c->counter));
}

#endif
