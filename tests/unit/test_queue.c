#include "support.h"

#include "system/thread.h"
#include "uwsgi/server/shared.h"
#include "uwsgi/deliver/queue.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS 20000000000u

/* Each test runs in a child process, because a closed writer cannot be opened again.
 * The child reports a failed check by its line number. */
#define check(condition)                                                               \
    do {                                                                               \
        if (!(condition))                                                              \
            return __LINE__;                                                           \
    } while (0)

static int status_of(int (*body)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int line = body();
        if (line)
            fprintf(stderr, "line %d\n", line);
        _exit(line ? 1 : 0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

/* Writes of profiles, identified by their status. A write waits while the gate is
 * shut. */
static struct {
    pthread_mutex_t gate;
    unsigned begun;   /* atomic */
    unsigned written; /* atomic */
    int order[256];   /* statuses in the order of writing */
    bool failing;
} disk = {.gate = PTHREAD_MUTEX_INITIALIZER};

static bool write_slowly(struct delivery *d)
{
    __atomic_add_fetch(&disk.begun, 1, __ATOMIC_RELEASE);
    pthread_mutex_lock(&disk.gate);
    disk.order[disk.written] = d->profile->status;
    __atomic_add_fetch(&disk.written, 1, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&disk.gate);
    return !disk.failing;
}

static void wait_for(const unsigned *count)
{
    while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < 1)
        usleep(1000);
}

static struct delivery *make(int status)
{
    static __thread struct delivery made;
    struct profile *p = calloc(1, sizeof *p);
    p->status = status;
    made = (struct delivery){.profile = p};
    return &made;
}

static bool (*write_it)(struct delivery *d) = write_slowly;

static void *writer_main(void *unused)
{
    (void)unused;
    for (;;)
        queue_done(write_it(queue_first()));
    return NULL;
}

/* The first profile starts the thread of this process. */
static void need_writer(void)
{
    static pid_t running; /* in this process */
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (running != getpid())
        assert_true(thread_start(writer_main, NULL, 512 * 1024));
    running = getpid();
    pthread_mutex_unlock(&lock);
}

static bool put(struct delivery *d, struct queue_state *state)
{
    need_writer();
    return queue_put(d, state);
}

static bool submit(int status)
{
    struct queue_state state;
    return put(make(status), &state);
}

static int all_is_written_in_order(void)
{
    struct queue_state state;
    for (int i = 0; i < 50; i++)
        check(submit(i));
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(disk.written == 50);
    for (int i = 0; i < 50; i++)
        check(disk.order[i] == i);
    check(counter_value(COUNT_KEPT) == 50);
    return counter_value(COUNT_WRITE_ERRORS) ? __LINE__ : 0;
}

static int what_cannot_be_written_is_counted(void)
{
    struct queue_state state;
    disk.failing = true;
    check(submit(1));
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(counter_value(COUNT_KEPT) == 0);
    check(counter_value(COUNT_WRITE_ERRORS) == 1);
    return 0;
}

static int a_full_queue_drops_the_newest(void)
{
    struct queue_state state = {0};
    pthread_mutex_lock(&disk.gate);
    for (int i = 0; i < QUEUE_PROFILES; i++)
        check(submit(i));
    check(!put(make(1000), &state));
    check(!put(make(1001), &state));
    check(state.waiting == QUEUE_PROFILES);
    check(state.bytes >= QUEUE_PROFILES * sizeof(struct profile));
    pthread_mutex_unlock(&disk.gate);
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(disk.written == QUEUE_PROFILES);
    check(disk.order[QUEUE_PROFILES - 1] == QUEUE_PROFILES - 1);
    check(counter_value(COUNT_KEPT) == QUEUE_PROFILES);
    check(counter_value(COUNT_WRITE_ERRORS) == 2);
    return 0;
}

static struct delivery *make_large(size_t bytes)
{
    struct delivery *d = make(0);
    buf_fill(&d->profile->functab.text, 'x', bytes);
    return d;
}

static int memory_is_bounded_but_one_always_has_room(void)
{
    struct queue_state state = {0};
    pthread_mutex_lock(&disk.gate);
    check(put(make_large(QUEUE_BYTES + 1), &state));
    check(!submit(1));
    check(state.bytes == 0); /* it was accepted: no message */
    pthread_mutex_unlock(&disk.gate);
    wait_for(&disk.written);
    while (!submit(2))
        usleep(1000);
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(disk.written == 2);
    return 0;
}

static int the_end_does_not_wait_for_ever(void)
{
    struct queue_state state = {0};
    pthread_mutex_lock(&disk.gate);
    check(submit(1));
    check(submit(2));
    wait_for(&disk.begun); /* not begun before the end: never written */
    check(queue_flush(20000000, &state) == 2);
    check(state.waiting == 2);
    check(!submit(3));
    pthread_mutex_unlock(&disk.gate);
    wait_for(&disk.written);
    usleep(10000); /* a write that ends now was counted before */
    check(counter_value(COUNT_KEPT) == 0);
    check(counter_value(COUNT_WRITE_ERRORS) == 3);
    check(disk.written == 1);
    return 0;
}

static int nothing_to_write_is_no_wait(void)
{
    struct queue_state state;
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(state.waiting == 0);
    return 0;
}

/* The fork has a gate of its own, which is shut. */
static int in_a_fork(void)
{
    struct queue_state state;
    pthread_mutex_init(&disk.gate, NULL);
    check(submit(7));
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(disk.written == 1 && disk.order[0] == 7);
    return 0;
}

static int a_fork_writes_its_own_only(void)
{
    struct queue_state state;
    pthread_mutex_lock(&disk.gate);
    for (int i = 0; i < 10; i++)
        check(submit(i));
    check(status_of(in_a_fork) == 0);
    pthread_mutex_unlock(&disk.gate);
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(disk.written == 10);
    return 0;
}

static int doing_nothing(void)
{
    struct queue_state state;
    return queue_flush(PATIENCE_NS, &state) ? __LINE__ : 0;
}

static void *submit_many(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2000; i++)
        submit(i % 200);
    return NULL;
}

static bool write_nothing(struct delivery *d)
{
    (void)d;
    return true;
}

static int forks_at_any_moment_do_not_hang(void)
{
    struct queue_state state;
    pthread_t threads[2];
    write_it = write_nothing;
    for (int i = 0; i < 2; i++)
        check(pthread_create(&threads[i], NULL, submit_many, NULL) == 0);
    for (int i = 0; i < 100; i++)
        check(status_of(doing_nothing) == 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    check(queue_flush(PATIENCE_NS, &state) == 0);
    check(counter_value(COUNT_KEPT) + counter_value(COUNT_WRITE_ERRORS) == 4000);
    return 0;
}

static volatile sig_atomic_t flushed;

static void flush_in_handler(int number)
{
    struct queue_state state;
    (void)number;
    flushed = queue_flush(PATIENCE_NS, &state) == 0 ? 1 : -1;
}

/* Only submissions may be interrupted, not the code that makes profiles: the handler
 * waits for the writer's thread, which needs the locks of the sanitizer's allocator. */
static void submit_interruptibly(int status)
{
    struct queue_state state;
    sigset_t before = thread_block_signals();
    struct delivery *d = make(status);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    queue_put(d, &state);
}

static int a_signal_flushes(void)
{
    struct itimerspec soon = {.it_value.tv_nsec = 300000};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    timer_t timer;
    write_it = write_nothing;
    need_writer();
    signal(SIGALRM, flush_in_handler);
    check(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    check(timer_settime(timer, 0, &soon, NULL) == 0);
    for (int i = 0; !flushed; i++)
        submit_interruptibly(i % 200);
    check(flushed == 1);
    check(!submit(1));
    return 0;
}

static void shut(void)
{
    pthread_mutex_lock(&disk.gate); /* a write that hangs */
    __atomic_add_fetch(&disk.written, 1, __ATOMIC_RELEASE);
}

static int what_hangs_aside_holds_nobody(void)
{
    struct queue_state state;
    pthread_mutex_lock(&disk.gate);
    thread_aside(shut, 512 * 1024);
    check(queue_flush(PATIENCE_NS, &state) == 0);
    pthread_mutex_unlock(&disk.gate);
    wait_for(&disk.written);
    return 0;
}

static int signals_flush_whatever_they_interrupt(void)
{
    for (int i = 0; i < 50; i++)
        check(status_of(a_signal_flushes) == 0);
    return 0;
}

static void run_in_child(void **state)
{
    int (*const *body)(void) = *state;
    assert_int_equal(status_of(*body), 0);
}

#define in_child(body)                                                                 \
    {                                                                                  \
#body, run_in_child, NULL, NULL, (int (*[])(void))                             \
        {                                                                              \
            body                                                                       \
        }                                                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_child(all_is_written_in_order),
        in_child(what_cannot_be_written_is_counted),
        in_child(a_full_queue_drops_the_newest),
        in_child(memory_is_bounded_but_one_always_has_room),
        in_child(the_end_does_not_wait_for_ever),
        in_child(nothing_to_write_is_no_wait),
        in_child(a_fork_writes_its_own_only),
        in_child(forks_at_any_moment_do_not_hang),
        in_child(what_hangs_aside_holds_nobody),
        in_child(signals_flush_whatever_they_interrupt),
    };
    queue_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
