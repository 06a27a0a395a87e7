#include "guard.h"

#include "system/threadlocal.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

/* Other code may install a handler on top of ours (faulthandler, when it is enabled
 * late) and call ours afterwards. We then install another handler on top, with a
 * "before" of its own: a single handler would call itself in a circle. Signal handlers
 * can use globals only. */
#define LEVELS 8

static const int signals[] = {SIGSEGV, SIGBUS};
#define SIGNALS (sizeof signals / sizeof *signals)

static struct sigaction before[LEVELS][SIGNALS];

static THREAD_LOCAL sigjmp_buf *volatile on_fault;

/* Blocks the signals that the kernel would have blocked. The kernel unblocks them when
 * our handler returns. */
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
    bool is_sent = info && info->si_code <= 0; /* by kill(), raise() */
    if (old->sa_flags & SA_SIGINFO ||
        (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN)) {
        call(old, number, info, context);
    } else if (old->sa_handler == SIG_DFL || !is_sent) { /* a fault cannot be ignored */
        signal(number, SIG_DFL);
        if (is_sent)
            raise(number); /* a fault happens again by itself after the return */
    }
}

/* A handler on top of ours may have blocked the signals; siglongjmp does not return to
 * it. */
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

/* Returns the level whose "before" is this handler (our handler was removed again),
 * else a new level. (A handler that twice installs itself on top of ours, and calls its
 * predecessor, runs in a circle until the stack is full. It would do so without us,
 * too.) */
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
    before[level][which].sa_flags |= SA_ONSTACK; /* only a mark: this entry is in use */
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
    if (sigsetjmp(here, 0)) { /* 0: saving the mask would be a system call */
        on_fault = outer;
        return false;
    }
    on_fault = &here;
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* keeps inlined reads inside */
    read(argument);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    on_fault = outer;
    return true;
}
