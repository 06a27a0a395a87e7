#include "gil.h"

#include "copy.h"

#include <stddef.h>

/* The frames of musl from the wait to the system call. */
#define FRAMES_BYTES 4096

/* More threads than this do not wait for one GIL, or the list runs in a circle. */
#define WAITERS_MAX 4096

/* musl's own, since 1.1.5: src/thread/pthread_cond_timedwait.c */
struct waiter {
    struct waiter *newer, *older;
    int state, barrier;
};

/* Returns the newest of the nodes, of which the futex is one; 0 when it is none. The
 * threads run, so the list may change meanwhile. */
static uintptr_t newest_waiter(uint64_t futex)
{
    uintptr_t node = (uintptr_t)futex - offsetof(struct waiter, barrier);
    for (int i = 0; i < WAITERS_MAX; i++) {
        struct waiter waiter;
        if (!copy_memory(node, &waiter, sizeof waiter))
            return 0;
        if (!waiter.newer)
            return node;
        node = (uintptr_t)waiter.newer;
    }
    return 0;
}

/* The variable's place inside the GIL depends on the version of Python. */
static bool points_to(const struct gil_range *gil, uintptr_t node)
{
    const uintptr_t *word = (const uintptr_t *)gil->start;
    const uintptr_t *end = (const uintptr_t *)gil->end;
    for (; word + 1 <= end; word++)
        if (__atomic_load_n(word, __ATOMIC_RELAXED) == node)
            return true;
    return false;
}

bool gil_is_awaited(const struct gil_range *gil, uint64_t futex, uint64_t stack)
{
    if (!gil)
        return false;
    if (futex >= gil->start && futex < gil->end)
        return true;
    if (futex < stack || futex - stack > FRAMES_BYTES)
        return false;
    uintptr_t newest = newest_waiter(futex);
    return newest && points_to(gil, newest);
}
