/* Each test runs in a child process and checks how that process ends. */

#include "support.h"

#include "python/guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Switches the sanitizer's own handlers off, which would come first. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "handle_segv=0:handle_sigbus=0:allow_user_segv_handler=1:use_sigaltstack=0";
}

#define UNCHECKED __attribute__((no_sanitize("address"), no_sanitize("undefined")))

#define must(condition)                                                                \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "line %d: " #condition "\n", __LINE__);                    \
            _exit(99);                                                                 \
        }                                                                              \
    } while (0)

static int run(void (*scenario)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit no_core = {0};
        const struct rlimit of_cpu = {20, 20}; /* seconds, to end an endless loop */
        setrlimit(RLIMIT_CORE, &no_core);
        setrlimit(RLIMIT_CPU, &of_cpu);
        signal(SIGSEGV, SIG_DFL); /* cmocka has its own handler */
        signal(SIGBUS, SIG_DFL);
        scenario();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void assert_exits(void (*scenario)(void), int code)
{
    int status = run(scenario);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
}

static void assert_dies_of(void (*scenario)(void), int number)
{
    int status = run(scenario);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), number);
}

/* --- reading */

struct reading {
    const char *from;
    char value;
};

UNCHECKED static void read_byte(void *argument)
{
    struct reading *r = argument;
    r->value = *(const volatile char *)r->from;
}

static bool readable(const char *from)
{
    struct reading r = {.from = from};
    return guard_call(read_byte, &r);
}

static char *one_page(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    char *page = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(page != MAP_FAILED && readable(page));
    return page;
}

static const char *unmapped(void)
{
    char *page = one_page();
    must(munmap(page, (size_t)sysconf(_SC_PAGESIZE)) == 0);
    return page;
}

/* A page that no new thread's stack can be placed in. */
static char *forbidden(void)
{
    char *page = one_page();
    must(mprotect(page, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE) == 0);
    return page;
}

/* A page of a file that became shorter. */
static const char *cut_off(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    FILE *file = tmpfile();
    must(file && ftruncate(fileno(file), (off_t)size) == 0);
    char *page = mmap(NULL, size, PROT_READ, MAP_SHARED, fileno(file), 0);
    must(page != MAP_FAILED && readable(page) && ftruncate(fileno(file), 0) == 0);
    return page;
}

/* A fault as in a wrong program. */
UNCHECKED static void crash(void)
{
    char *volatile nowhere =
        NULL; /* the compiler removes a function with a certain fault */
    *(volatile char *)nowhere = 1;
}

/* --- other handlers */

static void exit_7(int number)
{
    (void)number;
    _exit(7);
}

static void exit_8(int number, siginfo_t *info, void *context)
{
    _exit(info && info->si_addr == NULL && context && number == SIGSEGV ? 8 : 98);
}

static void set_handler(void (*function)(int), int flags)
{
    struct sigaction action = {.sa_handler = function, .sa_flags = flags};
    must(sigaction(SIGSEGV, &action, NULL) == 0);
}

/* A handler that calls the one before it, as libraries do. */
static struct sigaction previous;
static volatile int times;

static void go_on_top(void (*function)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = function,
                               .sa_flags = SA_SIGINFO | flags};
    must(sigaction(SIGSEGV, &action, &previous) == 0);
}

static void call_previous(int number, siginfo_t *info, void *context)
{
    times++;
    if (previous.sa_flags & SA_SIGINFO)
        previous.sa_sigaction(number, info, context);
    else if (previous.sa_handler != SIG_DFL)
        previous.sa_handler(number);
}

/* As faulthandler does. */
static void restore_and_raise(int number, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    times++;
    sigaction(number, &previous, NULL);
    raise(number);
}

static void restore_and_return(int number, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    times++;
    sigaction(number, &previous, NULL);
}

/* --- inside the guard */

static void good_reads(void)
{
    struct reading r = {.from = "x"};
    must(guard_install());
    must(guard_call(read_byte, &r) && r.value == 'x');
}

static void read_often(void)
{
    const char *bad = unmapped();
    for (int i = 0; i < 1000; i++)
        must(!readable(NULL) && !readable(bad) && readable("x") &&
             !readable((const char *)(UINTPTR_MAX / 2 + 4096))); /* not an address */
}

static void bad_reads(void)
{
    must(guard_install());
    read_often();
}

static void bus_errors(void)
{
    must(guard_install());
    const char *bad = cut_off();
    for (int i = 0; i < 1000; i++)
        must(!readable(bad) && readable("x"));
}

static void *read_badly(void *bad)
{
    for (int i = 0; i < 5000; i++)
        must(!readable(bad) && readable("x") && !readable(NULL));
    return NULL;
}

static void reads_on_threads(void)
{
    pthread_t threads[3];
    must(guard_install());
    char *bad = forbidden();
    for (int i = 0; i < 3; i++)
        must(pthread_create(&threads[i], NULL, read_badly, bad) == 0);
    read_badly(bad);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

/* As faulthandler gives one to its thread. */
static void reads_on_an_alternate_stack(void)
{
    static char memory[64 * 1024];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    must(sigaltstack(&stack, NULL) == 0);
    bad_reads();
    go_on_top(call_previous, SA_ONSTACK);
    read_often();
    must(times == 3000);
}

static void the_handlers_may_have_a_stack_of_their_own(void **state)
{
    (void)state;
    assert_exits(reads_on_an_alternate_stack, 0);
}

static void read_in_the_guard(void *inner_worked)
{
    *(bool *)inner_worked = readable("x") && !readable(NULL) && readable("x");
}

static void read_in_the_guard_and_beside_it(void *inner_worked)
{
    read_in_the_guard(inner_worked);
    read_byte(&(struct reading){.from = NULL});
}

static void nested_reads(void)
{
    bool inner_worked = false;
    must(guard_install());
    must(guard_call(read_in_the_guard, &inner_worked) && inner_worked);
    inner_worked = false;
    must(!guard_call(read_in_the_guard_and_beside_it, &inner_worked) && inner_worked);
    must(!readable(NULL));
}

static void nested_reads_then_crash(void)
{
    set_handler(exit_7, 0);
    nested_reads();
    crash();
}

static void a_fault_ends_the_innermost_read(void **state)
{
    (void)state;
    assert_exits(nested_reads_then_crash, 7);
}

static void a_read_tells_whether_it_met_a_fault(void **state)
{
    (void)state;
    assert_exits(good_reads, 0);
    assert_exits(bad_reads, 0);
    assert_exits(bus_errors, 0);
}

static void threads_read_at_the_same_time(void **state)
{
    (void)state;
    assert_exits(reads_on_threads, 0);
}

static void handler_below(void)
{
    set_handler(exit_7, 0);
    must(guard_install());
    must(!readable(NULL));
}

static void a_fault_in_the_guard_is_no_business_of_others(void **state)
{
    (void)state;
    assert_exits(handler_below, 0);
}

/* --- outside the guard */

static void crash_with_handler(void)
{
    handler_below();
    crash();
}

static void crash_with_siginfo_handler(void)
{
    go_on_top(exit_8, 0);
    must(guard_install() && !readable(NULL));
    crash();
}

static void crash_while_another_thread_reads(void)
{
    pthread_t thread;
    handler_below();
    must(pthread_create(&thread, NULL, read_badly, NULL) == 0);
    crash();
}

static void *crash_on_thread(void *unused)
{
    crash();
    return unused;
}

static void crash_on_another_thread(void)
{
    pthread_t thread;
    handler_below();
    must(pthread_create(&thread, NULL, crash_on_thread, NULL) == 0);
    pthread_join(thread, NULL);
}

static void signal_from_others(void)
{
    handler_below();
    raise(SIGSEGV);
}

static void a_fault_elsewhere_goes_to_the_handler_that_was_there(void **state)
{
    (void)state;
    assert_exits(crash_with_handler, 7);
    assert_exits(crash_with_siginfo_handler, 8);
    assert_exits(crash_while_another_thread_reads, 7);
    assert_exits(crash_on_another_thread, 7);
    assert_exits(signal_from_others, 7);
}

static void crash_without_handler(void)
{
    must(guard_install() && !readable(NULL));
    crash();
}

static void bus_error_without_handler(void)
{
    must(guard_install());
    const char *bad = cut_off();
    must(!readable(bad));
    read_byte(&(struct reading){.from = bad});
}

static void signal_without_handler(void)
{
    must(guard_install());
    raise(SIGSEGV);
}

static void crash_when_ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    must(guard_install() && !readable(NULL));
    crash();
}

static void signal_when_ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    must(guard_install());
    raise(SIGSEGV);
    must(!readable(NULL));
}

static void without_a_handler_the_kernel_decides(void **state)
{
    (void)state;
    assert_dies_of(crash_without_handler, SIGSEGV);
    assert_dies_of(bus_error_without_handler, SIGBUS);
    assert_dies_of(signal_without_handler, SIGSEGV);
    assert_dies_of(crash_when_ignored, SIGSEGV);
    assert_exits(signal_when_ignored, 0);
}

/* A handler that writes a stack trace from a broken heap may fault, too. */
static void crash_once_more(int number)
{
    (void)number;
    if (times++)
        _exit(9);
    crash();
}

static void crash_in_handler(void)
{
    set_handler(crash_once_more, 0);
    must(guard_install());
    crash();
}

static void crash_in_handler_that_allows_it(void)
{
    set_handler(crash_once_more, SA_NODEFER);
    must(guard_install());
    crash();
}

static void return_once(int number)
{
    (void)number;
    if (times++)
        _exit(9);
}

static void crash_with_handler_for_once(void)
{
    set_handler(return_once, (int)SA_RESETHAND);
    must(guard_install());
    crash();
}

static void check_mask(int number)
{
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    _exit(sigismember(&mask, number) && sigismember(&mask, SIGUSR1) &&
                  !sigismember(&mask, SIGUSR2)
              ? 7
              : 97);
}

static void crash_with_mask(void)
{
    struct sigaction action = {.sa_handler = check_mask};
    sigaddset(&action.sa_mask, SIGUSR1);
    must(sigaction(SIGSEGV, &action, NULL) == 0 && guard_install());
    crash();
}

static void handlers_run_as_they_asked_to(void **state)
{
    (void)state;
    assert_dies_of(crash_in_handler, SIGSEGV);
    assert_exits(crash_in_handler_that_allows_it, 9);
    assert_dies_of(crash_with_handler_for_once, SIGSEGV);
    assert_exits(crash_with_mask, 7);
}

/* --- handlers installed later */

static void reads_beneath_a_chain(void)
{
    must(guard_install());
    go_on_top(call_previous, 0); /* SIGSEGV is blocked while the handler runs */
    for (int i = 0; i < 10; i++)
        must(!readable(NULL) && readable("x"));
    must(times == 10);
}

static void reads_beneath_faulthandler(void)
{
    must(guard_install());
    go_on_top(restore_and_raise, SA_NODEFER);
    for (int i = 0; i < 10; i++)
        must(!readable(NULL));
    must(times == 1);
}

static void reads_beneath_one_that_restores(void)
{
    must(guard_install());
    go_on_top(restore_and_raise, 0);
    must(!readable(NULL) && !readable(NULL) && times == 1);
    go_on_top(restore_and_return, 0);
    must(!readable(NULL) && !readable(NULL) && times == 2);
}

static void a_handler_that_came_on_top_passes_faults_to_the_guard(void **state)
{
    (void)state;
    assert_exits(reads_beneath_a_chain, 0);
    assert_exits(reads_beneath_faulthandler, 0);
    assert_exits(reads_beneath_one_that_restores, 0);
}

static void go_above(void (*function)(int, siginfo_t *, void *), int flags)
{
    set_handler(exit_7, 0);
    must(guard_install());
    go_on_top(function, flags);
    must(guard_install());
    must(!readable(NULL) && times == 0);
    crash();
}

static void crash_above_a_chain(void)
{
    go_above(call_previous, 0);
}

static void crash_above_faulthandler(void)
{
    go_above(restore_and_raise, SA_NODEFER);
}

static void crash_above_one_that_restores(void)
{
    go_above(restore_and_return, 0);
}

static void crash_without_any_other(void)
{
    must(guard_install());
    go_on_top(restore_and_raise, SA_NODEFER);
    must(guard_install());
    crash();
}

static void the_guard_goes_on_top_again_and_passes_on_to_all_below(void **state)
{
    (void)state;
    assert_exits(crash_above_a_chain, 7);
    assert_exits(crash_above_faulthandler, 7);
    assert_exits(crash_above_one_that_restores, 7);
    assert_dies_of(crash_without_any_other, SIGSEGV);
}

static void install_often(void)
{
    set_handler(exit_7, 0);
    for (int i = 0; i < 1000; i++)
        must(guard_install() && !readable(NULL));
    crash();
}

static void enable_and_disable_often(void)
{
    set_handler(exit_7, 0);
    must(guard_install());
    for (int i = 0; i < 1000; i++) {
        go_on_top(restore_and_raise, SA_NODEFER);
        must(guard_install() && !readable(NULL));
        must(sigaction(SIGSEGV, &previous, NULL) == 0);
        must(guard_install() && !readable(NULL));
    }
    go_on_top(restore_and_raise, SA_NODEFER);
    must(guard_install());
    crash();
}

static void others_take_turns(void)
{
    for (int i = 0; i < 1000; i++) {
        set_handler(i % 2 ? exit_7 : return_once, 0);
        must(guard_install() && !readable(NULL));
    }
    crash();
}

static void what_was_taken_off_is_put_back_in_its_old_place(void **state)
{
    (void)state;
    assert_exits(install_often, 7);
    assert_exits(enable_and_disable_often, 7);
    assert_exits(others_take_turns, 7);
}

/* Without the guard it would also call itself endlessly. */
static void crash_with_a_circle(void)
{
    must(guard_install());
    for (int i = 0; i < 2; i++) {
        go_on_top(call_previous, 0);
        must(guard_install() && !readable(NULL));
    }
    crash();
}

static void a_circle_of_handlers_ends_where_the_stack_does(void **state)
{
    (void)state;
    assert_dies_of(crash_with_a_circle, SIGSEGV);
}

#define OTHER(n)                                                                       \
    static void other_##n(int number)                                                  \
    {                                                                                  \
        (void)number;                                                                  \
        _exit(100 + n);                                                                \
    }
OTHER(0)
OTHER(1)
OTHER(2)
OTHER(3)
OTHER(4)
OTHER(5)
OTHER(6)
OTHER(7)
OTHER(8)

static void (*const others[])(int) = {other_0, other_1, other_2, other_3, other_4,
                                      other_5, other_6, other_7, other_8};

static void more_than_there_are_levels(void)
{
    for (int i = 0; i < 8; i++) {
        set_handler(others[i], 0);
        must(guard_install() && !readable(NULL));
    }
    set_handler(others[8], 0);
    must(!guard_install() && !guard_install());
    set_handler(others[3], 0); /* the guard knows it already */
    must(guard_install() && !readable(NULL));
    set_handler(others[8], 0);
    must(!guard_install());
    crash(); /* only others[8] has it */
}

static void too_many_handlers_are_refused(void **state)
{
    (void)state;
    assert_exits(more_than_there_are_levels, 108);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_tells_whether_it_met_a_fault),
        cmocka_unit_test(the_handlers_may_have_a_stack_of_their_own),
        cmocka_unit_test(a_fault_ends_the_innermost_read),
        cmocka_unit_test(threads_read_at_the_same_time),
        cmocka_unit_test(a_fault_in_the_guard_is_no_business_of_others),
        cmocka_unit_test(a_fault_elsewhere_goes_to_the_handler_that_was_there),
        cmocka_unit_test(without_a_handler_the_kernel_decides),
        cmocka_unit_test(handlers_run_as_they_asked_to),
        cmocka_unit_test(a_handler_that_came_on_top_passes_faults_to_the_guard),
        cmocka_unit_test(the_guard_goes_on_top_again_and_passes_on_to_all_below),
        cmocka_unit_test(what_was_taken_off_is_put_back_in_its_old_place),
        cmocka_unit_test(a_circle_of_handlers_ends_where_the_stack_does),
        cmocka_unit_test(too_many_handlers_are_refused),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
