/* How long a thread waited for a processor. */

#include "support.h"

#include "system/cpuwait.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void a_text_of_the_kernel_is_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool ok;
        uint64_t ns;
    } cases[] = {
        {"93549588 178527666 52\n", true, 178527666},
        {"1 0 1\n", true, 0},
        {"1 18446744073709551615 1\n", true, UINT64_MAX},
        {"0 0 0\n", false, 0}, /* the kernel does not count */
        {"1 18446744073709551616 1\n", false, 0},
        {"1 2\n", false, 0},
        {"1 2 3", false, 0}, /* cut */
        {"1 2 3 4\n", false, 0},
        {"1 2x 3\n", false, 0},
        {" 1 2 3\n", false, 0},
        {"1  2 3\n", false, 0},
        {"-1 2 3\n", false, 0},
        {"root:x:0:0:root\n", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t ns;
        bool ok = cpuwait_parse(str_from(cases[i].text), &ns);
        if (ok != cases[i].ok || (ok && ns != cases[i].ns))
            fail_msg("\"%s\"", cases[i].text);
    }
    uint64_t ns;
    assert_false(cpuwait_parse((struct str){NULL, 0}, &ns));
}

/* --- a fake scheduler: a file whose text the test writes */

struct scene {
    struct cpuwait w;
    int file;
};

static void counted(struct scene *s, uint64_t ns)
{
    char text[64];
    int size = snprintf(text, sizeof text, "1 %llu 1\n", (unsigned long long)ns);
    assert_int_equal(ftruncate(s->file, 0), 0);
    assert_int_equal(pwrite(s->file, text, (size_t)size, 0), size);
}

static struct scene begin(void)
{
    char name[] = "/tmp/cpuwait-XXXXXX";
    struct scene s = {.w = cpuwait_of(1), .file = mkstemp(name)};
    assert_true(s.file >= 0);
    unlink(name);
    s.w.opened = true;
    s.w.file = ownfd_take(s.file);
    counted(&s, 1000000); /* of before */
    return s;
}

static void expect(struct scene *s, struct cpuwait_span span, uint64_t ns,
                   uint64_t earlier)
{
    struct cpuwait_part part = cpuwait_count(&s->w, span);
    assert_int_equal(part.ns, ns);
    assert_int_equal(part.earlier_ns, earlier);
}

static void end(struct scene *s)
{
    cpuwait_close(&s->w);
    assert_int_equal(fcntl(s->file, F_GETFD), -1);
}

#define RUNS true
#define SLEEPS false

static void what_the_scheduler_counts_is_no_more_than_was_not_run(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0); /* since when? */
    counted(&s, 1000200);
    expect(&s, (struct cpuwait_span){1000, 500, SLEEPS}, 200, 0);
    counted(&s, 1000200); /* backwards, or not at all */
    expect(&s, (struct cpuwait_span){1000, 1, SLEEPS}, 0, 0);
    counted(&s, 1000201);
    expect(&s, (struct cpuwait_span){1000, 2000, RUNS}, 0, 0);
    end(&s);
}

/* Switched out at 700, for two whole spans, until 100 of the next: it waited 2400. */
static void a_wait_of_several_spans_is_counted_once(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 1000, RUNS}, 0, 0);
    expect(&s, (struct cpuwait_span){1000, 700, RUNS}, 0, 0);
    expect(&s, (struct cpuwait_span){1000, 0, RUNS}, 1000, 0);
    expect(&s, (struct cpuwait_span){1000, 0, RUNS}, 1000, 0);
    counted(&s, 1002400);
    expect(&s, (struct cpuwait_span){1000, 900, RUNS}, 100, 300);
    expect(&s, (struct cpuwait_span){1000, 900, RUNS}, 0, 0);
    end(&s);
}

/* It slept until 400 before the second moment, was woken, and ran from 200 after it. */
static void one_that_was_woken_waits_from_then_on(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 500, SLEEPS}, 0, 0);
    expect(&s, (struct cpuwait_span){1000, 0, RUNS}, 0, 0);
    counted(&s, 1000600);
    expect(&s, (struct cpuwait_span){1000, 800, RUNS}, 200, 400);
    end(&s);
}

/* The clocks are read first. Then the sampler is switched out before it asks the
 * scheduler. */
static void what_is_counted_too_early_is_the_next_spans(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0);
    counted(&s, 1001300); /* 500 of the span before, 100 of this */
    expect(&s, (struct cpuwait_span){1000, 900, RUNS}, 100, 500);
    expect(&s, (struct cpuwait_span){1000, 100, RUNS}, 700, 0);
    expect(&s, (struct cpuwait_span){1000, 100, RUNS}, 0, 0);
    end(&s);
}

/* It was switched out for most of a span, and ran in the whole next two. */
static void a_wait_that_is_over_is_asked_for_at_once(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 100, RUNS}, 0, 0);
    counted(&s, 1000900);
    expect(&s, (struct cpuwait_span){1000, 999, RUNS}, 1, 899);
    end(&s);
}

/* A span that it ran in nearly all the time is not asked about; its wait comes with the
 * next. */
static void next_to_nothing_is_asked_for_later(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 500, SLEEPS}, 0, 0);
    counted(&s, 1000010);
    expect(&s, (struct cpuwait_span){1000, 990, RUNS}, 0, 0);
    counted(&s, 1000110);
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 110, 0);
    end(&s);
}

static void other_things_that_the_thread_did_are_not_counted(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0);
    counted(&s, 1000500);
    cpuwait_interrupt(&s.w);
    expect(&s, (struct cpuwait_span){1000, 0, RUNS}, 0, 0);
    expect(&s, (struct cpuwait_span){1000, 0, RUNS}, 1000, 0);
    cpuwait_interrupt(&s.w);
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0);
    counted(&s, 1000600);
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 100, 0);
    end(&s);
}

static void without_the_schedulers_figures_whole_spans_are_known(void **state)
{
    (void)state;
    struct cpuwait w = cpuwait_of(-1); /* no such thread */
    struct scene s = {.w = w};
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0);
    expect(&s, (struct cpuwait_span){1000, 0, RUNS}, 1000, 0);
    expect(&s, (struct cpuwait_span){1000, 600, RUNS}, 0, 0);
    assert_int_equal(s.w.file.number, -1);
    cpuwait_close(&s.w);
}

/* The app closed all descriptors and opened one of its own, with the same number. */
static void a_descriptor_that_is_the_apps_by_now_is_left_alone(void **state)
{
    (void)state;
    struct scene s = begin();
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0);
    counted(&s, 1000200);
    int other = open("/dev/null", O_RDWR);
    assert_int_equal(dup2(other, s.file), s.file);
    expect(&s, (struct cpuwait_span){1000, 500, RUNS}, 0, 0);
    cpuwait_close(&s.w);
    assert_int_equal(s.w.file.number, -1);
    assert_int_not_equal(fcntl(s.file, F_GETFD), -1);
    close(s.file);
    close(other);
}

/* --- the real scheduler */

static uint64_t now_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void spin_cpu(uint64_t ns)
{
    uint64_t end = now_ns(CLOCK_THREAD_CPUTIME_ID) + ns;
    while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end)
        continue;
}

static void use_one_processor(void)
{
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t cpu = 0;
    while (!CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
}

/* If another process is on its only processor, the time that it did not run is a
 * wait. */
static void a_thread_on_a_busy_processor_waits_for_it(void **state)
{
    (void)state;
    cpu_set_t before;
    uint64_t from, to;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    use_one_processor();
    if (!cpuwait_total(&from)) { /* a kernel that does not count */
        sched_setaffinity(0, sizeof before, &before);
        skip();
    }
    pid_t hog = fork();
    while (hog == 0)
        continue;
    uint64_t wall = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    assert_true(cpuwait_total(&from));
    spin_cpu(100000000);
    assert_true(cpuwait_total(&to));
    cpu = now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    wall = now_ns(CLOCK_MONOTONIC) - wall;
    kill(hog, SIGKILL);
    waitpid(hog, NULL, 0);
    sched_setaffinity(0, sizeof before, &before);
    assert_true(to - from <= wall - cpu);
    assert_true(to - from >= (wall - cpu) / 2);
    assert_true(to > from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_of_the_kernel_is_read),
        cmocka_unit_test(what_the_scheduler_counts_is_no_more_than_was_not_run),
        cmocka_unit_test(a_wait_of_several_spans_is_counted_once),
        cmocka_unit_test(one_that_was_woken_waits_from_then_on),
        cmocka_unit_test(what_is_counted_too_early_is_the_next_spans),
        cmocka_unit_test(a_wait_that_is_over_is_asked_for_at_once),
        cmocka_unit_test(next_to_nothing_is_asked_for_later),
        cmocka_unit_test(other_things_that_the_thread_did_are_not_counted),
        cmocka_unit_test(without_the_schedulers_figures_whole_spans_are_known),
        cmocka_unit_test(a_descriptor_that_is_the_apps_by_now_is_left_alone),
        cmocka_unit_test(a_thread_on_a_busy_processor_waits_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
