#include "stop.h"

#include "uwsgi/server/server.h"
#include "uwsgi/server/shared.h"
#include "uwsgi/deliver/sink.h"

#include "system/clock.h"
#include "system/thread.h"

#include <pthread.h>

/* The signals that end a server or a worker. */
static const int stops[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};
#define STOPS (sizeof stops / sizeof *stops)

static struct sigaction actions[STOPS]; /* the previous ones, while signals are held */

enum flush { FLUSH_NONE, FLUSH_RUNS, FLUSH_DONE };
static uint32_t flush; /* atomic; this process's */

static void drop(int number)
{
    (void)number;
}

static void hold_signals(void)
{
    struct sigaction ignore = {.sa_handler = drop, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < STOPS; i++)
        sigaction(stops[i], &ignore, &actions[i]);
}

static void give_signals_back(void)
{
    for (size_t i = 0; i < STOPS; i++)
        sigaction(stops[i], &actions[i], NULL);
}

/* The server's handlers of these signals end the process by exit(), with the signal
 * blocked. */
static bool crashed(void)
{
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    return gettid() == getpid() &&
           (sigismember(&blocked, SIGSEGV) || sigismember(&blocked, SIGFPE));
}

/* Signals that arrived during the flush are dropped before the handlers are
 * restored. */
static void flush_held(void)
{
    sigset_t before = thread_block_signals();
    hold_signals();
    sink_flush();
    for (size_t i = 0; i < STOPS; i++)
        sigdelset(&before, stops[i]);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    give_signals_back();
}

/* Another thread flushes, and must not be cut off. */
static void wait_for_flush(void)
{
    uint64_t until = clock_ns(CLOCK_MONOTONIC) + sink_flush_most_ns();
    while (__atomic_load_n(&flush, __ATOMIC_ACQUIRE) == FLUSH_RUNS &&
           clock_ns(CLOCK_MONOTONIC) < until)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

void stop_flush(void)
{
    if (uwsgi.mywid <= 0 || crashed())
        return;
    uint32_t none = FLUSH_NONE;
    if (!__atomic_compare_exchange_n(&flush, &none, FLUSH_RUNS, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        wait_for_flush();
        return;
    }
    flush_held();
    __atomic_store_n(&flush, FLUSH_DONE, __ATOMIC_RELEASE);
}

/* A child that the app forks has a queue of its own. */
static void in_child(void)
{
    if (flush == FLUSH_RUNS)
        give_signals_back();
    flush = FLUSH_NONE;
}

static void log_lost(int worker, pid_t current)
{
    pid_t pid;
    unsigned lost = shared_take_lost(worker, current, &pid);
    if (lost)
        profiler_log(
            "profiles lost: %u; worker %d (pid: %d) ended before they were written",
            lost, worker, (int)pid);
}

/* Registered last, so it runs before the atexit functions from before the fork, such as
 * the end of Python. That may take long, and a second signal would skip our
 * function. */
void stop_enter_worker(void)
{
    log_lost(uwsgi.mywid, uwsgi.mypid);
    shared_enter_worker(uwsgi.mywid, uwsgi.mypid);
    pthread_atfork(NULL, NULL, in_child);
    atexit(stop_flush);
}

/* Then the worker ends by the signal, as it would without us. */
static void on_quit(int number)
{
    int saved = errno;
    stop_flush();
    signal(number, SIG_DFL);
    raise(number);
    errno = saved;
}

/* No handler of these signals may interrupt another one and its exit(). */
static void let_it_finish(struct sigaction *action)
{
    for (size_t i = 0; i < STOPS; i++)
        sigaddset(&action->sa_mask, stops[i]);
}

void stop_prepare(void)
{
    for (size_t i = 0; i < STOPS; i++) {
        struct sigaction action;
        if (sigaction(stops[i], NULL, &action) != 0 || action.sa_handler == SIG_IGN)
            continue;
        if (action.sa_handler == SIG_DFL && stops[i] != SIGQUIT)
            continue;
        if (action.sa_handler == SIG_DFL)
            action = (struct sigaction){.sa_handler = on_quit};
        let_it_finish(&action);
        sigaction(stops[i], &action, NULL);
    }
}

void stop_cycle(void)
{
    for (int i = 1; i <= uwsgi.numproc; i++)
        log_lost(i, uwsgi.workers[i].pid);
}
