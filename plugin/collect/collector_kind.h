/* collector_kind.h -- what every collector is, and what a thread is doing with them.
 *
 * A collector is one of two kinds: tracer.h (deterministic) and sampling.h. collector.c
 * starts and ends them; greenlets.c turns a thread from one to another. GIL held. */

#ifndef PROFILER_COLLECTOR_KIND_H
#define PROFILER_COLLECTOR_KIND_H

#include "system/clock.h"
#include "collector_settings.h"
#include "profile/profile.h"
#include "python/py.h"

struct collector;
struct collector_env;

struct collector_kind {
    /* A collector of this kind, zeroed base; NULL with the reason in *why. */
    struct collector *(*create)(struct collector_env *env,
                                const struct collector_settings *settings,
                                const char **why);
    /* It is in its thread's list, and not running yet. False with the reason. */
    bool (*start)(struct collector *c, const char **why);
    /* Its thread turns to it, and away. left: the greenlet that was switched from;
     * NULL: the stack that it leaves is the thread's. */
    void (*turn_to)(struct collector *c);
    void (*turn_away)(struct collector *c, PyObject *left);
    /* See collector_take; NULL: cannot. Without the GIL. */
    bool (*take)(struct collector *c, struct profile *p);
    /* Turned away from; nothing is collected any more. */
    void (*stop)(struct collector *c);
    /* Moves what was collected into the profile, whose wall_ns is there. */
    void (*finish)(struct collector *c, struct profile *p, struct clock_pair ended);
    void (*destroy)(struct collector *c);
};

struct monitor; /* of one interpreter, see events_monitoring.c */
struct sampler; /* of the process, see sampler.h */

struct collector_env {
    bool counter;             /* for clock_ticks */
    struct clock_pair made;   /* to tell the length of a tick by */
    struct monitor *monitors; /* from 3.12 on: grows with the interpreters seen */
    struct sampler *sampler;  /* made with the first sampled request */
};

struct collector {
    const struct collector_kind *kind;
    struct collector_env *env;
    struct clock_pair started;
    struct clock_pair ended; /* at settings.max_ns; zero: it goes on */
    int64_t started_us;
    uint64_t cpu_ns; /* of the thread, while it ran this request */
    bool paused;     /* the thread serves another request */
    PyThreadState *thread_state;
    PyObject *greenlet;     /* in which it runs; NULL: greenlet is not imported */
    struct collector *next; /* in this thread's list */
    uint32_t notices;
};

/* What a thread is doing. The one mutable global of this folder that is not the
 * process's: an event has nothing else to tell it whose it is. */
struct collector_thread {
    struct tracer *tracer;     /* current, if it is of that kind: for events */
    struct collector *current; /* whose code runs now; NULL: nobody's */
    struct collector *all;     /* started on this thread and not finished */
    PyObject *trace_before;    /* greenlet's trace function before ours */
    bool watches_greenlets;
    bool in_switch; /* a trace function that chains to ours may call it again */
};

extern __thread struct collector_thread collector_thread
    __attribute__((tls_model("initial-exec")));

/* The thread runs c from now on; it runs nobody's code. */
void collector_turn_to(struct collector *c);
void collector_turn_away(PyObject *left);

#endif
