#include "throttle.h"

#include <stdbool.h>

unsigned throttle_pass(struct throttle *t, uint64_t now_ns)
{
    unsigned count = __atomic_add_fetch(&t->since, 1, __ATOMIC_RELAXED);
    uint64_t last = __atomic_load_n(&t->told_ns, __ATOMIC_RELAXED);
    /* below zero where another thread has read the clock later, but came first */
    if (last && (int64_t)(now_ns - last) < (int64_t)THROTTLE_INTERVAL_NS)
        return 0;
    if (!__atomic_compare_exchange_n(&t->told_ns, &last, now_ns, false,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        return 0;
    __atomic_sub_fetch(&t->since, count, __ATOMIC_RELAXED);
    return count;
}

void throttle_hold(struct throttle *t)
{
    __atomic_add_fetch(&t->since, 1, __ATOMIC_RELAXED);
}

unsigned throttle_rest(struct throttle *t)
{
    return __atomic_exchange_n(&t->since, 0, __ATOMIC_RELAXED);
}
