#include "thread.h"

#include <pthread.h>

sigset_t thread_block_signals(void)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    return before;
}

/* A new thread inherits the blocked signals of the thread that starts it. */
bool thread_start(void *(*body)(void *), void *argument, size_t stack_bytes)
{
    pthread_t thread;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    sigset_t before = thread_block_signals();
    bool started = pthread_create(&thread, &attributes, body, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

static void *aside_main(void *work)
{
    ((void (*)(void))work)();
    return NULL;
}

void thread_aside(void (*work)(void), size_t stack_bytes)
{
    if (!thread_start(aside_main, (void *)work, stack_bytes))
        work();
}
