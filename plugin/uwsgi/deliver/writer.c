#include "writer.h"

#include "system/clock.h"
#include "system/thread.h"
#include "uwsgi/server/shared.h"

#include <pthread.h>
#include <sched.h>

/* Reports do not recurse, and keep what is large on the heap. */
#define STACK_BYTES (512 * 1024)

/* While the process ends: how often it is looked whether all is written. */
#define LOOK_INTERVAL_NS 1000000

struct item {
    struct delivery delivery;
    size_t bytes;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* there is work */
    bool (*write)(struct delivery *d);
    void (*aside)(void);
    bool has_thread;
    bool ending;                        /* the process ends; atomic */
    bool closed;                        /* nothing is taken any more; atomic */
    struct item items[WRITER_PROFILES]; /* a ring */
    unsigned first;
    unsigned count;    /* atomic, for those without the lock */
    size_t bytes;      /* of the items */
    uint64_t began_ns; /* the first item; CLOCK_MONOTONIC */
} writer = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void count_end(bool written)
{
    counter_add(written ? COUNT_KEPT : COUNT_WRITE_ERRORS, 1);
}

/* What the queue holds now; for those without the lock, and for the master. */
static void set_count(unsigned count)
{
    __atomic_store_n(&writer.count, count, __ATOMIC_RELEASE);
    shared_set_waiting(count);
}

static struct writer_state look(void)
{
    uint64_t began = __atomic_load_n(&writer.began_ns, __ATOMIC_RELAXED);
    uint64_t now = clock_ns(CLOCK_MONOTONIC);
    return (struct writer_state){
        .waiting = __atomic_load_n(&writer.count, __ATOMIC_ACQUIRE),
        .bytes = __atomic_load_n(&writer.bytes, __ATOMIC_RELAXED),
        .busy_s = began && began < now ? (unsigned)((now - began) / 1000000000u) : 0,
    };
}

static void set_began(uint64_t ns)
{
    __atomic_store_n(&writer.began_ns, ns, __ATOMIC_RELAXED);
}

/* Lock held. */
static void push(const struct delivery *d, size_t bytes)
{
    unsigned place = (writer.first + writer.count) % WRITER_PROFILES;
    writer.items[place] = (struct item){*d, bytes};
    __atomic_store_n(&writer.bytes, writer.bytes + bytes, __ATOMIC_RELAXED);
    set_count(writer.count + 1);
    pthread_cond_signal(&writer.wake);
}

/* Lock held. */
static void pop(void)
{
    size_t bytes = writer.items[writer.first].bytes;
    writer.first = (writer.first + 1) % WRITER_PROFILES;
    __atomic_store_n(&writer.bytes, writer.bytes - bytes, __ATOMIC_RELAXED);
    set_count(writer.count - 1);
}

static bool is_ending(void)
{
    return __atomic_load_n(&writer.ending, __ATOMIC_ACQUIRE);
}

static bool is_closed(void)
{
    return __atomic_load_n(&writer.closed, __ATOMIC_ACQUIRE);
}

/* One profile, from its place at the head of the queue; lock held, but not meanwhile.
 * One that ends after the queue was closed has been counted as lost. */
static struct delivery write_first(void)
{
    struct delivery *d = &writer.items[writer.first].delivery;
    set_began(clock_ns(CLOCK_MONOTONIC));
    pthread_mutex_unlock(&writer.lock);
    bool written = writer.write(d);
    pthread_mutex_lock(&writer.lock);
    struct delivery done = *d;
    if (!is_closed()) {
        count_end(written);
        pop();
    }
    set_began(0);
    return done;
}

static void *writer_main(void *unused)
{
    (void)unused;
    pthread_setname_np(pthread_self(), "profiler-writer");
    /* as it is woken it must not take the processor from the request that woke it */
    if (sched_getscheduler(0) == SCHED_OTHER)
        sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
    pthread_mutex_lock(&writer.lock);
    for (;;) {
        while (!writer.count || is_closed())
            pthread_cond_wait(&writer.wake, &writer.lock);
        struct delivery d = write_first();
        if (is_ending()) /* who ends it may have been interrupted in free() */
            continue;
        pthread_mutex_unlock(&writer.lock);
        delivery_free(&d);
        pthread_mutex_lock(&writer.lock);
    }
    return NULL;
}

/* The thread has stayed behind; what is queued is the parent's to write. */
static void in_child(void)
{
    pthread_mutex_init(&writer.lock, NULL);
    pthread_cond_init(&writer.wake, NULL);
    writer.has_thread = false;
    writer.ending = writer.closed = false;
    writer.first = writer.count = 0;
    writer.bytes = 0;
    writer.began_ns = 0;
    shared_leave_worker();
}

/* Lock held. */
static bool has_thread(void)
{
    if (!writer.has_thread)
        writer.has_thread = thread_start(writer_main, NULL, STACK_BYTES);
    return writer.has_thread;
}

static bool has_room(size_t bytes)
{
    return writer.count == 0 ||
           (writer.count < WRITER_PROFILES && writer.bytes + bytes <= WRITER_BYTES);
}

void writer_init(bool (*write)(struct delivery *d))
{
    if (!writer.write)
        pthread_atfork(NULL, NULL, in_child);
    writer.write = write;
}

static void *aside_main(void *unused)
{
    (void)unused;
    writer.aside();
    return NULL;
}

void writer_aside(void (*work)(void))
{
    writer.aside = work;
    if (!thread_start(aside_main, NULL, STACK_BYTES))
        work();
}

bool writer_submit(struct delivery *d, struct writer_state *state)
{
    size_t bytes = delivery_bytes(d);
    /* The handler of one may flush: not while the lock is held, nor in free(), whose
     * locks the writer's thread may need to get on. */
    sigset_t before = thread_block_signals();
    pthread_mutex_lock(&writer.lock);
    bool taken = !is_closed() && has_room(bytes) && has_thread();
    if (taken)
        push(d, bytes);
    else
        *state = look();
    pthread_mutex_unlock(&writer.lock);
    if (!taken) {
        count_end(false);
        delivery_free(d);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return taken;
}

static void doze(void)
{
    nanosleep(&(struct timespec){.tv_nsec = LOOK_INTERVAL_NS}, NULL);
}

/* The lock is held for moments only, unless the process is broken. */
static bool lock_until(uint64_t deadline_ns)
{
    while (pthread_mutex_trylock(&writer.lock) != 0) {
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

void writer_drain(uint64_t patience_ns)
{
    wait_until_written(patience_ns);
}

unsigned writer_flush(uint64_t patience_ns, struct writer_state *state)
{
    __atomic_store_n(&writer.ending, true, __ATOMIC_RELEASE);
    uint64_t deadline = wait_until_written(patience_ns);
    sigset_t before = thread_block_signals();
    bool locked = lock_until(deadline + 100 * (uint64_t)LOOK_INTERVAL_NS);
    *state = look();
    __atomic_store_n(&writer.closed, true, __ATOMIC_RELEASE);
    if (locked)
        pthread_mutex_unlock(&writer.lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (unsigned i = 0; i < state->waiting; i++)
        count_end(false);
    return state->waiting;
}
