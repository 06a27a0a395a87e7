#include "queue.h"

#include "base/word64.h"
#include "system/clock.h"
#include "system/thread.h"
#include "uwsgi/server/shared.h"

#include <pthread.h>

/* Interval of the checks of the queue while the process ends. */
#define LOOK_INTERVAL_NS 1000000

struct item {
    struct delivery delivery;
    size_t bytes;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;               /* there is work */
    bool ending;                       /* the process ends; atomic */
    bool closed;                       /* accepts nothing more; atomic */
    struct item items[QUEUE_PROFILES]; /* a ring */
    unsigned first;
    unsigned count;  /* atomic, for readers without the lock */
    size_t bytes;    /* of the items */
    word64 began_ns; /* start of writing the first item, or 0; CLOCK_MONOTONIC */
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void count_end(bool written)
{
    counter_add(written ? COUNT_KEPT : COUNT_WRITE_ERRORS, 1);
}

/* The master reads the count from the shared memory. */
static void set_count(unsigned count)
{
    __atomic_store_n(&queue.count, count, __ATOMIC_RELEASE);
    shared_set_waiting(count);
}

static struct queue_state look(void)
{
    uint64_t began = __atomic_load_n(&queue.began_ns, __ATOMIC_RELAXED);
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    return (struct queue_state){
        .waiting = __atomic_load_n(&queue.count, __ATOMIC_ACQUIRE),
        .bytes = __atomic_load_n(&queue.bytes, __ATOMIC_RELAXED),
        .busy_s = began && began < now ? (unsigned)((now - began) / 1000000000u) : 0,
    };
}

static void set_began(uint64_t ns)
{
    __atomic_store_n(&queue.began_ns, ns, __ATOMIC_RELAXED);
}

/* Lock held. */
static void push(const struct delivery *d, size_t bytes)
{
    unsigned place = (queue.first + queue.count) % QUEUE_PROFILES;
    queue.items[place] = (struct item){*d, bytes};
    __atomic_store_n(&queue.bytes, queue.bytes + bytes, __ATOMIC_RELAXED);
    set_count(queue.count + 1);
    pthread_cond_signal(&queue.wake);
}

/* Lock held. */
static void pop(void)
{
    size_t bytes = queue.items[queue.first].bytes;
    queue.first = (queue.first + 1) % QUEUE_PROFILES;
    __atomic_store_n(&queue.bytes, queue.bytes - bytes, __ATOMIC_RELAXED);
    set_count(queue.count - 1);
}

static bool is_ending(void)
{
    return __atomic_load_n(&queue.ending, __ATOMIC_ACQUIRE);
}

static bool is_closed(void)
{
    return __atomic_load_n(&queue.closed, __ATOMIC_ACQUIRE);
}

static void in_child(void)
{
    pthread_mutex_init(&queue.lock, NULL);
    pthread_cond_init(&queue.wake, NULL);
    queue.ending = queue.closed = false;
    queue.first = queue.count = 0;
    queue.bytes = 0;
    queue.began_ns = 0;
    shared_leave_worker();
}

void queue_init(void)
{
    pthread_atfork(NULL, NULL, in_child);
}

static bool has_room(size_t bytes)
{
    return queue.count == 0 ||
           (queue.count < QUEUE_PROFILES && queue.bytes + bytes <= QUEUE_BYTES);
}

bool queue_put(struct delivery *d, struct queue_state *state)
{
    size_t bytes = delivery_bytes(d);
    /* A signal handler may flush the queue. It must not interrupt this thread while it
     * holds the lock, nor in free(), whose locks the writing thread may need to
     * continue. */
    sigset_t before = thread_block_signals();
    pthread_mutex_lock(&queue.lock);
    bool taken = !is_closed() && has_room(bytes);
    if (taken)
        push(d, bytes);
    else
        *state = look();
    pthread_mutex_unlock(&queue.lock);
    if (!taken) {
        count_end(false);
        delivery_free(d);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return taken;
}

struct delivery *queue_first(void)
{
    pthread_mutex_lock(&queue.lock);
    while (!queue.count || is_closed())
        pthread_cond_wait(&queue.wake, &queue.lock);
    struct delivery *first = &queue.items[queue.first].delivery;
    set_began(clock_ns(CLOCK_MONOTONIC));
    pthread_mutex_unlock(&queue.lock);
    return first;
}

/* A profile that ends after the queue was closed has been counted as lost already.
 * While the process ends, nothing is freed: the thread that ends it may have been
 * interrupted in free(). */
void queue_done(bool written)
{
    pthread_mutex_lock(&queue.lock);
    struct delivery done = queue.items[queue.first].delivery;
    if (!is_closed()) {
        count_end(written);
        pop();
    }
    set_began(0);
    pthread_mutex_unlock(&queue.lock);
    if (!is_ending())
        delivery_free(&done);
}

static void doze(void)
{
    nanosleep(&(struct timespec){.tv_nsec = LOOK_INTERVAL_NS}, NULL);
}

/* Other threads hold the lock only for moments, unless the process is broken. */
static bool lock_until(uint64_t deadline_ns)
{
    while (pthread_mutex_trylock(&queue.lock) != 0) {
        if (clock_ns(CLOCK_MONOTONIC) > deadline_ns)
            return false;
        doze();
    }
    return true;
}

static uint64_t wait_until_written(uint64_t patience_ns)
{
    uint64_t deadline = clock_ns(CLOCK_MONOTONIC) + patience_ns;
    while (look().waiting && clock_ns(CLOCK_MONOTONIC) < deadline)
        doze();
    return deadline;
}

void queue_drain(uint64_t patience_ns)
{
    wait_until_written(patience_ns);
}

unsigned queue_flush(uint64_t patience_ns, struct queue_state *state)
{
    __atomic_store_n(&queue.ending, true, __ATOMIC_RELEASE);
    uint64_t deadline = wait_until_written(patience_ns);
    sigset_t before = thread_block_signals();
    bool locked = lock_until(deadline + 100 * (uint64_t)LOOK_INTERVAL_NS);
    *state = look();
    __atomic_store_n(&queue.closed, true, __ATOMIC_RELEASE);
    if (locked)
        pthread_mutex_unlock(&queue.lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (unsigned i = 0; i < state->waiting; i++)
        count_end(false);
    return state->waiting;
}
