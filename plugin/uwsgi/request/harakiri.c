#include "harakiri.h"

#include "killed.h"
#include "uwsgi/server/server.h"
#include "uwsgi/server/shared.h"
#include "uwsgi/deliver/queue.h"

#include "system/clock.h"
#include "system/futex.h"
#include "system/thread.h"

#include <pthread.h>

/* How long a kill is delayed at most. The master does nothing else in this time. */
#define PATIENCE_NS 800000000u

/* The part of it for profiles that wait in the queue. */
#define DRAIN_NS 300000000u

#define STACK_BYTES (1024 * 1024)

/* Asks the worker to report, and waits for the answer. False on timeout. Uses system
 * calls only: a signal handler may call it. */
static bool ask(struct last_call *call, enum notice_code why)
{
    __atomic_store_n(&call->why, why, __ATOMIC_RELAXED);
    uint32_t asked = __atomic_add_fetch(&call->asked, 1, __ATOMIC_ACQ_REL), answered;
    uint64_t until = clock_ns(CLOCK_MONOTONIC) + PATIENCE_NS, now;
    futex_wake(&call->asked);
    while ((answered = __atomic_load_n(&call->answered, __ATOMIC_ACQUIRE)) != asked) {
        now = clock_ns(CLOCK_MONOTONIC);
        if (now >= until)
            return false;
        const struct timespec left = {.tv_nsec = (long)(until - now)};
        futex_wait(&call->answered, answered, &left);
    }
    return true;
}

/* Returns NULL when the worker has no thread that waits for the call. */
static struct last_call *call_to(int worker)
{
    struct last_call *call = shared_last_call(worker);
    uint32_t pid = (uint32_t)uwsgi.workers[worker].pid;
    bool listens = call && pid && __atomic_load_n(&call->pid, __ATOMIC_ACQUIRE) == pid;
    return listens ? call : NULL;
}

static void ask_worker(int worker, enum notice_code why)
{
    struct last_call *call = call_to(worker);
    if (call && !ask(call, why))
        profiler_log("worker %d is killed before it could write all reports of its "
                     "requests",
                     worker);
}

void harakiri_hook(int worker)
{
    ask_worker(worker, NOTICE_HARAKIRI);
}

void harakiri_cycle(void)
{
    for (int i = 1; i <= uwsgi.numproc; i++) {
        const struct uwsgi_worker *worker = &uwsgi.workers[i];
        struct last_call *call = shared_last_call(i);
        if (!call || worker->pid <= 0 || !worker->cursed_at ||
            uwsgi_now() < worker->no_mercy_at || call->cursed == (uint32_t)worker->pid)
            continue;
        call->cursed = (uint32_t)worker->pid;
        ask_worker(i, NOTICE_MERCY);
    }
}

static uint32_t seen; /* the last call that was answered, or is too old */

static void *watch(void *argument)
{
    struct last_call *call = argument;
    pthread_setname_np(pthread_self(), "profiler-kills");
    for (;;) {
        uint32_t asked = __atomic_load_n(&call->asked, __ATOMIC_ACQUIRE);
        if (asked == seen) {
            futex_wait(&call->asked, asked, NULL);
            continue;
        }
        killed_report_all(
            (enum notice_code)__atomic_load_n(&call->why, __ATOMIC_RELAXED));
        queue_drain(DRAIN_NS);
        seen = asked;
        __atomic_store_n(&call->answered, asked, __ATOMIC_RELEASE);
        futex_wake(&call->answered);
    }
    return NULL;
}

/* Even without the option, the app or a route may set deadlines, which only a master
 * enforces. */
static bool may_kill(void)
{
    return uwsgi.master_process || uwsgi.harakiri_options.workers > 0;
}

void harakiri_watch(void)
{
    static bool watched;
    struct last_call *call = shared_last_call(uwsgi.mywid);
    if (!call || !may_kill() || __atomic_load_n(&watched, __ATOMIC_RELAXED) ||
        __atomic_exchange_n(&watched, true, __ATOMIC_RELAXED))
        return;
    seen = __atomic_load_n(&call->asked, __ATOMIC_ACQUIRE);
    if (thread_start(watch, call, STACK_BYTES))
        __atomic_store_n(&call->pid, (uint32_t)uwsgi.mypid, __ATOMIC_RELEASE);
    else /* the next profile tries again */
        __atomic_store_n(&watched, false, __ATOMIC_RELAXED);
}

static void (*handler_before)(int);

static void on_alarm(int number)
{
    int saved = errno;
    struct last_call *call = shared_last_call(uwsgi.mywid);
    if (call && __atomic_load_n(&call->pid, __ATOMIC_ACQUIRE) == (uint32_t)getpid())
        ask(call, NOTICE_HARAKIRI);
    errno = saved;
    handler_before(number);
}

/* Does not replace a handler of the app, which uses the alarm for other purposes. */
void harakiri_prepare(void)
{
    struct sigaction action;
    if (uwsgi.master_process || sigaction(SIGALRM, NULL, &action) != 0 ||
        action.sa_flags & SA_SIGINFO || action.sa_handler != (void (*)(int))harakiri)
        return;
    handler_before = action.sa_handler;
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
}
