#include "guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

/* Handlers of others may come on top of ours (faulthandler's, when it is enabled late),
 * and call what was there before. Ours is then installed again on top, as another
 * level with its own notion of "before": one handler on two levels would go in a
 * circle. Signal handlers get nothing but globals. */
#define LEVELS 8

static const int signals[] = {SIGSEGV, SIGBUS};
#define SIGNALS (sizeof signals / sizeof *signals)

static struct sigaction before[LEVELS][SIGNALS];

static __thread sigjmp_buf *volatile on_fault
    __attribute__((tls_model("initial-exec")));

/* As the kernel would, which takes back what is blocked here when ours returns. */
static void call(const struct sigaction *old, int number, siginfo_t *info,
                 void *context)
{
    sigset_t blocked = old->sa_mask;
    if (!(old->sa_flags & SA_NODEFER))
        sigaddset(&blocked, number);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (old->sa_flags & (int)SA_RESETHAND)
        signal(number, SIG_DFL);
    if (old->sa_flags & SA_SIGINFO)
        old->sa_sigaction(number, info, context);
    else
        old->sa_handler(number);
}

static void pass_on(const struct sigaction *old, int number, siginfo_t *info,
                    void *context)
{
    bool is_sent = info && info->si_code <= 0; /* by somebody: no fault */
    if (old->sa_flags & SA_SIGINFO ||
        (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)) {
        call(old, number, info, context);
    } else if (old->sa_handler == SIG_DFL || !is_sent) { /* faults are not ignored */
        signal(number, SIG_DFL);
        if (is_sent)
            raise(number); /* a fault comes again by itself, as this returns */
    }
}

/* A handler on top of ours may have blocked them, and is never returned to. */
static void unblock(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&set, signals[i]);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void handle(int level, int number, siginfo_t *info, void *context)
{
    if (on_fault) {
        unblock();
        siglongjmp(*on_fault, 1);
    }
    pass_on(&before[level][number == SIGBUS], number, info, context);
}

#define HANDLER(level)                                                                 \
    static void handle_##level(int number, siginfo_t *info, void *context)             \
    {                                                                                  \
        handle(level, number, info, context);                                          \
    }
HANDLER(0)
HANDLER(1)
HANDLER(2)
HANDLER(3)
HANDLER(4)
HANDLER(5)
HANDLER(6)
HANDLER(7)

typedef void (*handler)(int, siginfo_t *, void *);
static const handler handlers[LEVELS] = {handle_0, handle_1, handle_2, handle_3,
                                         handle_4, handle_5, handle_6, handle_7};

static bool is_ours(const struct sigaction *action)
{
    for (int i = 0; i < LEVELS; i++)
        if (action->sa_flags & SA_SIGINFO && action->sa_sigaction == handlers[i])
            return true;
    return false;
}

static bool same(const struct sigaction *a, const struct sigaction *b)
{
    if ((a->sa_flags & SA_SIGINFO) != (b->sa_flags & SA_SIGINFO))
        return false;
    return a->sa_flags & SA_SIGINFO ? a->sa_sigaction == b->sa_sigaction
                                    : a->sa_handler == b->sa_handler;
}

/* The level whose "before" this is, when ours was taken off again; else a new one. (A
 * handler that puts itself on top of ours for the second time, and calls what it finds
 * there, goes in a circle until the stack is full: it would without us.) */
static int level_for(const struct sigaction *current, size_t which)
{
    int level = 0;
    while (level < LEVELS && before[level][which].sa_flags & SA_ONSTACK &&
           !same(current, &before[level][which]))
        level++;
    return level;
}

static bool install(size_t which)
{
    struct sigaction current;
    if (sigaction(signals[which], NULL, &current) != 0)
        return false;
    if (is_ours(&current))
        return true;
    int level = level_for(&current, which);
    if (level == LEVELS)
        return false;
    before[level][which] = current;
    before[level][which].sa_flags |= SA_ONSTACK; /* "used"; nobody installs it again */
    struct sigaction ours = {.sa_sigaction = handlers[level],
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&ours.sa_mask);
    return sigaction(signals[which], &ours, NULL) == 0;
}

bool guard_install(void)
{
    bool ok = true;
    for (size_t i = 0; i < SIGNALS; i++)
        ok = install(i) && ok;
    return ok;
}

bool guard_call(void (*read)(void *), void *argument)
{
    sigjmp_buf here, *volatile outer = on_fault;
    if (sigsetjmp(here, 0)) { /* without the mask, which would be a system call */
        on_fault = outer;
        return false;
    }
    on_fault = &here;
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* no read is moved out, were it inlined */
    read(argument);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    on_fault = outer;
    return true;
}
