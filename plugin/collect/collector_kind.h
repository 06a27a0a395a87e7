/* collector_kind.h -- the common part of all collectors, and the state of a thread that
 * runs some.
 *
 * There are two kinds of collector: tracer.h (deterministic) and sampling.h.
 * collector.c starts and ends them. greenlets.c switches a thread between them. GIL
 * held. */

#ifndef PROFILER_COLLECTOR_KIND_H
#define PROFILER_COLLECTOR_KIND_H

#include "collector_settings.h"
#include "profile/profile.h"
#include "system/clock.h"
#include "system/threadlocal.h"
#include "python/py.h"

struct collector;
struct collector_env;

struct collector_kind {
    /* Returns a collector with a zeroed base; NULL, with the reason in *why, on
     * failure. */
    struct collector *(*create)(struct collector_env *env,
                                const struct collector_settings *settings,
                                const char **why);
    /* The collector is in its thread's list, and does not run yet. False, with the
     * reason in *why, on failure. */
    bool (*start)(struct collector *c, const char **why);
    /* The thread starts and stops running the request's code. left: the greenlet that
     * the thread has just left; NULL: it leaves its current stack. */
    void (*turn_to)(struct collector *c);
    void (*turn_away)(struct collector *c, PyObject *left);
    /* See collector_take. NULL when the kind cannot do it. No GIL needed. */
    bool (*take)(struct collector *c, struct profile *p);
    /* Collects nothing from now on. turn_away has been called. */
    void (*stop)(struct collector *c);
    /* Moves what was collected into the profile, whose wall_ns is set. */
    void (*finish)(struct collector *c, struct profile *p, struct clock_pair ended);
    void (*destroy)(struct collector *c);
};

struct monitor; /* one per interpreter, see events_monitoring.c */
struct sampler; /* one per process, see sampler.h */

struct collector_env {
    bool counter;             /* for clock_ticks */
    struct clock_pair made;   /* for clock_tick_ns: the start of its span */
    struct monitor *monitors; /* from 3.12 on: one per interpreter seen */
    struct sampler *sampler;  /* created with the first sampled request */
};

struct collector {
    const struct collector_kind *kind;
    struct collector_env *env;
    struct clock_pair started;
    struct clock_pair ended; /* set when max_ns has passed; zero: still collecting */
    int64_t started_us;
    uint64_t cpu_ns; /* CPU time of the thread while it ran this request */
    bool paused;     /* the thread serves another request */
    PyThreadState *thread_state;
    PyObject *greenlet;     /* runs the request; NULL: greenlet is not imported */
    struct collector *next; /* in this thread's list */
    uint32_t notices;
};

/* A thread's collectors. Per-thread global, because an event carries no argument that
 * would lead to its collector. */
struct collector_thread {
    struct tracer *tracer;     /* current, if it is a tracer: the events' target */
    struct collector *current; /* the collector whose request runs now, or NULL */
    struct collector *all;     /* started on this thread and not finished */
    PyObject *trace_before;    /* greenlet's trace function before ours, owned */
    bool watches_greenlets;
    bool in_switch; /* guards against recursion: a trace function that calls ours may be
                       called by ours */
};

extern THREAD_LOCAL struct collector_thread collector_thread;

/* The thread runs c's request from now on; or, after turn_away, no profiled request. */
void collector_turn_to(struct collector *c);
void collector_turn_away(PyObject *left);

#endif
