#include "support.h"

#include "system/cpu.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A thread that runs on one processor until it is stopped. */
struct other {
    pthread_t thread;
    int processor;
    struct cpu_thread id;
    bool pinned;
    pthread_barrier_t ready, end;
};

static void pin(int processor)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)processor, &only);
    assert_int_equal(sched_setaffinity(0, sizeof only, &only), 0);
}

static void *stay(void *argument)
{
    struct other *o = argument;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)o->processor, &only);
    o->pinned = sched_setaffinity(0, sizeof only, &only) == 0;
    o->id = cpu_thread_self();
    pthread_barrier_wait(&o->ready);
    pthread_barrier_wait(&o->end);
    return NULL;
}

static void start(struct other *o, int processor)
{
    *o = (struct other){.processor = processor};
    pthread_barrier_init(&o->ready, NULL, 2);
    pthread_barrier_init(&o->end, NULL, 2);
    assert_int_equal(pthread_create(&o->thread, NULL, stay, o), 0);
    pthread_barrier_wait(&o->ready);
    assert_true(o->pinned);
}

static void end(struct other *o)
{
    pthread_barrier_wait(&o->end);
    pthread_join(o->thread, NULL);
    pthread_barrier_destroy(&o->ready);
    pthread_barrier_destroy(&o->end);
}

static void assert_allowed(const cpu_set_t *wanted)
{
    cpu_set_t now;
    assert_int_equal(sched_getaffinity(0, sizeof now, &now), 0);
    assert_true(CPU_EQUAL(&now, wanted));
}

static void a_thread_is_joined_on_every_processor_and_left_again(void **state)
{
    (void)state;
    cpu_set_t allowed;
    cpu_allowed(&allowed);
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET((size_t)processor, &allowed))
            continue;
        struct other o;
        start(&o, processor);
        const struct cpu_thread by_id_only = {.id = o.id.id};
        const struct cpu_thread *const ways[] = {&o.id, &by_id_only};
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            assert_true(cpu_join(ways[i]));
            assert_int_equal(sched_getcpu(), processor);
            assert_false(cpu_is_apart(ways[i]));
            cpu_leave(&allowed);
            assert_allowed(&allowed);
        }
        end(&o);
    }
}

/* The C library tells which processor a thread is on. Without it, the answer is "not
 * known". */
static void a_thread_that_is_elsewhere_is_seen_to_be(void **state)
{
    (void)state;
    cpu_set_t allowed;
    cpu_allowed(&allowed);
    int here = sched_getcpu();
    pin(here);
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET((size_t)processor, &allowed))
            continue;
        struct other o;
        start(&o, processor);
        assert_int_equal(cpu_is_apart(&o.id), o.id.processor && processor != here);
        end(&o);
    }
    cpu_leave(&allowed);
}

static void a_thread_that_may_not_go_everywhere_comes_back_to_where_it_may(void **state)
{
    (void)state;
    cpu_set_t all, allowed;
    struct other o;
    cpu_allowed(&all);
    pin(sched_getcpu());
    cpu_allowed(&allowed);
    assert_int_equal(CPU_COUNT(&allowed), 1);
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET((size_t)processor, &all))
            continue;
        start(&o, processor);
        assert_true(cpu_join(&o.id));
        cpu_leave(&allowed);
        assert_allowed(&allowed);
        end(&o);
    }
    cpu_leave(&all);
    assert_allowed(&all);
}

static void a_thread_that_is_none_of_this_process_is_not_joined(void **state)
{
    (void)state;
    const pid_t strangers[] = {0, -1, 1, INT_MAX, INT_MIN, getppid()};
    struct other o;
    cpu_set_t allowed;
    cpu_allowed(&allowed);
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        const struct cpu_thread stranger = {.id = strangers[i]};
        assert_false(cpu_join(&stranger));
        assert_allowed(&allowed);
    }
    start(&o, sched_getcpu());
    end(&o);
    const struct cpu_thread ended = {.id = o.id.id};
    while (cpu_join(&ended)) { /* the kernel needs that processor to end the thread */
        cpu_leave(&allowed);
        usleep(1000);
    }
    assert_allowed(&allowed);
}

static void nothing_allowed_is_no_place_to_go(void **state)
{
    (void)state;
    cpu_set_t allowed, none;
    cpu_allowed(&allowed);
    CPU_ZERO(&none);
    cpu_leave(&none);
    assert_allowed(&allowed);
}

/* In the kernel's format; %s is the rest of the name. */
static int processor_of(const char *name, const char *processor)
{
    char stat[1024];
    snprintf(
        stat, sizeof stat,
        "4242 (%s) S 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1000 200 "
        "18446744073709551615 1 1 0 0 0 0 0 4096 134234626 0 0 0 17 %s 0 0 0 0 0\n",
        name, processor);
    return cpu_in_stat(stat);
}

static void names_of_threads_do_not_lead_astray(void **state)
{
    (void)state;
    static const char *const names[] = {
        "uwsgi",      "",
        " ",          ")",
        "(",          "))))))))",
        "a) S 1 2 3", ") R 1 1 1 1 1 1 1",
        "\n",         "99 99 99",
        "%s%n",       "\xff\xfe",
        "(sd-pam)",   "a b c d e f g h",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(processor_of(names[i], "0"), 0);
        assert_int_equal(processor_of(names[i], "13"), 13);
    }
    assert_int_equal(processor_of("uwsgi", "1023"), 1023);
}

static void what_is_no_processor_is_refused(void **state)
{
    (void)state;
    static const char *const numbers[] = {"-1", "1024", "99999999999999999999999",
                                          "x",  "1x",   "4294967296"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_int_equal(processor_of("uwsgi", numbers[i]), -1);
    static const char *const texts[] = {"",       ")",         "1 (",        "1 (a)",
                                        "1 (a) ", "1 (a) S 1", "1 a S 1 2 3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(cpu_in_stat(texts[i]), -1);
}

/* A number that is cut would name another processor. */
static void a_text_that_ends_anywhere_gives_the_processor_or_none(void **state)
{
    (void)state;
    char stat[] = "1 (a) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 "
                  "26 27 28 29 30 31 32 33 34 35 36 37 38 123 40 41";
    size_t whole = (size_t)(strstr(stat, "123") - stat) + 4;
    for (size_t len = sizeof stat - 1; len > 0; len--) {
        stat[len] = '\0';
        assert_int_equal(cpu_in_stat(stat), len >= whole ? 123 : -1);
    }
}

/* In a child process, because some settings cannot be undone. */
static void run_shortly_with(int policy, int nice_value)
{
    struct sched_param none = {0};
    pid_t child = fork();
    if (child == 0) {
        bool ok = setpriority(PRIO_PROCESS, 0, nice_value) == 0 &&
                  sched_setscheduler(0, policy, &none) == 0;
        for (int i = 0; i < 2; i++) {
            cpu_run_shortly();
            ok = ok && sched_getscheduler(0) == policy &&
                 getpriority(PRIO_PROCESS, 0) == nice_value;
        }
        _exit(ok ? 0 : 1);
    }
    int status = -1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

static void running_shortly_keeps_policy_and_nice_value(void **state)
{
    (void)state;
    int nice_value = getpriority(PRIO_PROCESS, 0);
    run_shortly_with(SCHED_OTHER, nice_value);
    run_shortly_with(SCHED_OTHER, nice_value < 15 ? nice_value + 3 : 19);
    run_shortly_with(SCHED_OTHER, 19);
    run_shortly_with(SCHED_BATCH, nice_value);
    run_shortly_with(SCHED_OTHER | SCHED_RESET_ON_FORK, nice_value);
}

/* Two numbers that a thread counts up, the first one first. */
struct counted {
    unsigned first, second;
    bool end;
};

static void *count(void *argument)
{
    struct counted *c = argument;
    for (unsigned i = 1; !__atomic_load_n(&c->end, __ATOMIC_RELAXED); i++) {
        __atomic_store_n(&c->first, i, __ATOMIC_RELAXED);
        __atomic_signal_fence(__ATOMIC_SEQ_CST); /* orders the compiler only */
        __atomic_store_n(&c->second, i, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* The unsigned difference is right even after an overflow. */
static void what_was_stored_before_is_seen_after_settling(void **state)
{
    (void)state;
    struct counted c = {0};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, count, &c), 0);
    while (__atomic_load_n(&c.second, __ATOMIC_RELAXED) == 0)
        sched_yield();
    unsigned wrong = 0;
    for (int i = 0; i < 100000; i++) {
        unsigned second = __atomic_load_n(&c.second, __ATOMIC_ACQUIRE);
        cpu_settle();
        unsigned first = __atomic_load_n(&c.first, __ATOMIC_RELAXED);
        wrong += (int)(first - second) < 0;
    }
    __atomic_store_n(&c.end, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_is_joined_on_every_processor_and_left_again),
        cmocka_unit_test(a_thread_that_is_elsewhere_is_seen_to_be),
        cmocka_unit_test(
            a_thread_that_may_not_go_everywhere_comes_back_to_where_it_may),
        cmocka_unit_test(a_thread_that_is_none_of_this_process_is_not_joined),
        cmocka_unit_test(nothing_allowed_is_no_place_to_go),
        cmocka_unit_test(names_of_threads_do_not_lead_astray),
        cmocka_unit_test(what_is_no_processor_is_refused),
        cmocka_unit_test(a_text_that_ends_anywhere_gives_the_processor_or_none),
        cmocka_unit_test(running_shortly_keeps_policy_and_nice_value),
        cmocka_unit_test(what_was_stored_before_is_seen_after_settling),
    };
    return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}
